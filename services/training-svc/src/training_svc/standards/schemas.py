"""Standards as the API takes and shows them."""

from datetime import date
from uuid import UUID

from chuangpei.fields import Code, Name
from chuangpei.web import Body
from pydantic import BaseModel, Field


class NewStandard(Body):
    """A version of a project's standard (专业设置标准) to publish; it can never be changed afterwards."""

    project_code: Code = Field(examples=["IYB"])
    version: Code = Field(examples=["2026-1"])
    name: Name = Field(examples=["创业初创期培训项目设置标准（2026版）"])
    effective_from: date = Field(examples=["2026-01-01"])
    min_hours: int = Field(ge=1, le=2_000, examples=[24], description="最少课时 · least hours in all")
    max_class_size: int = Field(ge=1, le=1_000, examples=[30], description="班额上限 · most trainees")
    attendance_percent: int = Field(
        ge=1, le=100, examples=[80], description="结业所需出勤率（%） · percent of sessions to attend"
    )
    max_online_percent: int | None = Field(
        default=None,
        ge=0,
        le=100,
        examples=[50],
        description="精品课程线上教学比例上限（%），不设为空 · most percent of a course taught online (T09)",
    )


class StandardView(BaseModel):
    """A published version of a standard."""

    id: UUID
    project_code: str = Field(examples=["IYB"])
    version: str = Field(examples=["2026-1"])
    name: str = Field(examples=["创业初创期培训项目设置标准（2026版）"])
    effective_from: date
    min_hours: int = Field(examples=[24])
    max_class_size: int = Field(examples=[30])
    attendance_percent: int = Field(examples=[80])
    max_online_percent: int | None = Field(examples=[50])
