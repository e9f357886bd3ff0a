"""Standards as the API takes and shows them."""

from chuangpei.fields import Name
from pydantic import Field

from training_svc.published.schemas import Amendment, DocumentView, NewDocument

_HOURS = "最少课时 · least hours in all"
_SIZE = "班额上限 · most trainees of a class"
_ATTENDANCE = "结业所需出勤率（%） · percent of sessions to attend"
_RATIO = "每名讲师至多学员数，缺省不限 · most trainees an instructor; none if not given"
_ROOM = "每名学员教室面积（平方分米，100=1平方米），缺省不限 · square decimetres of room a trainee"
_ONLINE = "线上课时占比上限（%），缺省不限 · most online share of the hours in percent"


class NewStandard(NewDocument):
    """A version of a project's standard (专业设置标准) to publish; once cited it never changes (T05)."""

    name: Name = Field(examples=["创业初创期培训项目设置标准（2026版）"])
    min_hours: int = Field(ge=1, le=2_000, examples=[24], description=_HOURS)
    max_class_size: int = Field(ge=1, le=1_000, examples=[30], description=_SIZE)
    attendance_percent: int = Field(ge=1, le=100, examples=[80], description=_ATTENDANCE)
    trainees_per_instructor: int | None = Field(None, ge=1, le=1_000, examples=[15], description=_RATIO)
    square_decimetres_per_trainee: int | None = Field(
        None, ge=1, le=10_000, examples=[200], description=_ROOM
    )
    max_online_percent: int | None = Field(None, ge=0, le=100, examples=[30], description=_ONLINE)


class StandardAmendment(Amendment):
    """What of a standard is to be amended before it is first cited."""

    min_hours: int | None = Field(None, ge=1, le=2_000, description=_HOURS)
    max_class_size: int | None = Field(None, ge=1, le=1_000, description=_SIZE)
    attendance_percent: int | None = Field(None, ge=1, le=100, description=_ATTENDANCE)
    trainees_per_instructor: int | None = Field(None, ge=1, le=1_000, description=_RATIO)
    square_decimetres_per_trainee: int | None = Field(None, ge=1, le=10_000, description=_ROOM)
    max_online_percent: int | None = Field(None, ge=0, le=100, description=_ONLINE)


class StandardView(DocumentView):
    """A published version of a standard."""

    min_hours: int = Field(examples=[24])
    max_class_size: int = Field(examples=[30])
    attendance_percent: int = Field(examples=[80])
    trainees_per_instructor: int | None = Field(examples=[15])
    square_decimetres_per_trainee: int | None = Field(examples=[200])
    max_online_percent: int | None = Field(examples=[30])
