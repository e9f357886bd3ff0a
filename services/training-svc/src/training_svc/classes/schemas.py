"""Classes as the API takes and shows them."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import Code, CreditCodeText, DistrictCode, IdNumber, Instant, Name, Note
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from training_svc.classes.lifecycle import Phase
from training_svc.instructors.lifecycle import State as InstructorState
from training_svc.qualifications.lifecycle import State as QualificationState

ENDS_TOO_EARLY = Text("结束早于开始", "It ends before it starts")
_ONE_WAY = Text(
    "填写讲师编号，或同时填写姓名与证件号码", "Give the instructor's id, or both name and id number"
)


class NewSession(Body):
    """One session (课次): when and in which room."""

    starts_at: Instant = Field(examples=["2026-03-02T09:00:00+08:00"])
    ends_at: Instant = Field(examples=["2026-03-02T17:00:00+08:00"])
    room: Name = Field(
        examples=["301"], description="教室；线上课填平台 · the room, or the platform if online"
    )
    online: bool = Field(default=False, description="线上课 · held online (T09)")

    @field_validator("ends_at")
    @classmethod
    def _ends_after_it_starts(cls, ends_at: datetime, info: ValidationInfo) -> datetime:
        starts_at = info.data.get("starts_at")
        if starts_at is not None and ends_at <= starts_at:
            raise InvalidText(ENDS_TOO_EARLY)
        return ends_at


class NamedInstructor(Body):
    """Somebody in the pool (师资库) who is to teach: by ``instructor_id``, or by real name and id number."""

    instructor_id: UUID | None = None
    name: Name | None = Field(default=None, examples=["李老师"])
    id_number: IdNumber | None = None

    @model_validator(mode="after")
    def _named_in_one_way(self) -> Self:
        by_name = (self.name is not None, self.id_number is not None)
        if by_name not in ((True, True), (False, False)) or by_name[0] == (self.instructor_id is not None):
            raise InvalidText(_ONE_WAY)
        return self


class NewClass(Body):
    """A class (开班备案) to file; every instructor teaches every session."""

    institution_id: UUID
    project_code: Code = Field(examples=["IYB"])
    name: Name = Field(examples=["2026年第一期IYB班"])
    starts_on: date = Field(examples=["2026-03-02"])
    ends_on: date = Field(examples=["2026-03-04"])
    capacity: int = Field(ge=1, le=1_000, examples=[30])
    sessions: list[NewSession] = Field(min_length=1, max_length=200)
    instructors: list[NamedInstructor] = Field(min_length=1, max_length=20)

    @field_validator("ends_on")
    @classmethod
    def _ends_after_it_starts(cls, ends_on: date, info: ValidationInfo) -> date:
        starts_on = info.data.get("starts_on")
        if starts_on is not None and ends_on < starts_on:
            raise InvalidText(ENDS_TOO_EARLY)
        return ends_on


class ClassAmendment(Body):
    """What is to change of a filed class (班级变更): what is not given stays as it is.

    ``instructors`` are all who are to teach the sessions to come.
    """

    name: Name | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    capacity: int | None = Field(default=None, ge=1, le=1_000, examples=[25])
    instructors: list[NamedInstructor] | None = Field(default=None, min_length=1, max_length=20)
    cancelled: Literal[False] | None = Field(
        default=None, description="false 撤回误取消 · false takes a mistaken cancellation back"
    )
    cancel_reason: Note | None = Field(default=None, description="更正取消原因 · of one that is cancelled")
    reason: Reason

    @property
    def of_the_cancellation(self) -> bool:
        """Whether it amends how the class was cancelled, not the class."""
        return self.cancelled is False or self.cancel_reason is not None

    @model_validator(mode="after")
    def _cancellation_is_amended_alone(self) -> Self:
        given = self.model_dump(exclude={"reason"}, exclude_none=True)
        if self.of_the_cancellation and len(given) > 1:
            raise InvalidText(Text("取消事项须单独更正", "A cancellation is amended alone"))
        return self


class SessionAmendment(Body):
    """Another time or room of a session (调课): what is not given stays as it is."""

    starts_at: Instant | None = Field(default=None, examples=["2026-03-03T09:00:00+08:00"])
    ends_at: Instant | None = Field(default=None, examples=["2026-03-03T12:00:00+08:00"])
    room: Name | None = Field(default=None, examples=["302"])
    online: bool | None = None
    cancelled: Literal[False] | None = Field(
        default=None, description="false 撤回误取消的课次 · false takes a mistaken cancellation back"
    )
    reason: Reason


class AddedSession(NewSession):
    """A make-up or additional session (补课), and why it is added; all instructors of the class teach it."""

    reason: Reason


class Cancellation(Body):
    """Why a class or a session is cancelled (取消原因)."""

    reason: Note = Field(examples=["报名人数不足"])


class ClassFilters(ListQuery):
    """What the list of classes may be narrowed to, and its orders."""

    project_code: str | None = Field(default=None, max_length=40)
    stage: int | None = Field(default=None, ge=1, le=4, description="培训阶段 · stage 1 to 4 (T01)")
    district: DistrictCode | None = None
    institution_id: UUID | None = None
    credit_code: CreditCodeText | None = None
    state: Phase | None = Field(default=None, description="今日所处阶段 · where it stands today")
    starts_from: date | None = None
    starts_until: date | None = None
    ends_from: date | None = None
    ends_until: date | None = None
    flagged: bool | None = Field(
        default=None, description="未结束且有讲师须更换 · open, with an instructor to be replaced (T10)"
    )
    sort: Literal["id", "-id", "starts_on", "-starts_on", "ends_on", "-ends_on", "name", "-name"] = "id"


class ClassPage(ClassFilters, PageQuery):
    """A page of the classes."""


class ClassExport(ClassFilters, ExportQuery):
    """The classes as a file."""


class SessionView(BaseModel):
    """One session of a class."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    room: str
    online: bool
    cancelled_at: datetime | None


class InstructorView(BaseModel):
    """An instructor of the class, masked."""

    name: str = Field(examples=["李*"])
    id_number: str = Field(examples=["310*************15"])
    flag: InstructorState | None = Field(
        description="讲师已暂停或退出而班级未结束 · suspended or leaving while the class is open (T10)"
    )


class ClassSummary(BaseModel):
    """A class as lists show it."""

    id: UUID
    institution_id: UUID
    institution_name: str
    credit_code: str
    project_code: str
    stage: int
    standard_version: str
    norm_version: str | None = Field(
        description="备案时冻结的评价规范 · the evaluation norm frozen on it (T05)"
    )
    qualification_id: UUID | None
    qualification_state: QualificationState | None = Field(
        description="备案所依据资质的现状，非 approved 即为预警 · anything but approved is a flag (T07)"
    )
    district: str = Field(description="备案时冻结的机构所在区 · the district frozen when it was filed (S07)")
    name: str
    starts_on: date
    ends_on: date
    capacity: int
    enrolled: int
    waiting: int = Field(description="候补人数 · how many are on the waiting list (T02)")
    state: Phase = Field(description="今日所处阶段 · where it stands today")
    cancel_reason: str | None
    version: int


class ClassView(ClassSummary):
    """A class with its sessions, who teaches those to come, and who taught some that were held."""

    sessions: list[SessionView]
    instructors: list[InstructorView]
    former_instructors: list[InstructorView]
    flagged: bool = Field(description="有讲师须更换 · an instructor is to be replaced (T10)")
