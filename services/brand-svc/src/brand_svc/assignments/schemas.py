"""Assignments and scores as the API takes and shows them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import Note
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field, model_validator

from brand_svc.assignments.lifecycle import State
from brand_svc.assignments.use_cases import Given
from brand_svc.rubrics.schemas import SectionBody

_TWICE = Text("同一指标只评一次", "Each indicator is marked once")


class MarkBody(Body):
    """A mark for one judged indicator, and on what it rests (评分依据)."""

    indicator: str = Field(max_length=40, examples=["courses"])
    mark: int = Field(ge=0, le=100, examples=[8])
    basis: str = Field(min_length=2, max_length=1000, examples=["自主开发课程三门，教材见附件二"])


class ScoreBody(Body):
    """The marks of one assessor for every judged indicator of the rubric (评分)."""

    marks: Annotated[list[MarkBody], Field(max_length=200)]
    comment: Note = Field(examples=["特色鲜明，就业服务扎实"])

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({one.indicator for one in self.marks}) < len(self.marks):
            raise InvalidText(_TWICE)
        return self

    def given(self) -> Given:
        """What the use case takes."""
        marks = {one.indicator: one.mark for one in self.marks}
        return Given(marks, {one.indicator: one.basis for one in self.marks}, self.comment)


class Reason(Body):
    """Why an assignment ends without counting (回避、更换)."""

    reason: Note = Field(examples=["与该机构有合作关系"])


class DrawnView(BaseModel):
    """How many places were filled by a draw, and for which nobody without a tie is left."""

    assigned: int
    vacant: int


class AssignmentFilters(ListQuery):
    """What the list of assignments may be narrowed to, and its orders."""

    round_id: UUID | None = None
    scoring_id: UUID | None = None
    assessor_id: UUID | None = None
    state: State | None = None
    due_until: date | None = Field(default=None, description="截止日不晚于 · due on this day or before")
    sort: Literal["id", "-id", "due_on", "-due_on"] = "id"


class AssignmentPage(AssignmentFilters, PageQuery):
    """A page of the assignments."""


class AssignmentExport(AssignmentFilters, ExportQuery):
    """The assignments as a file."""


class MyAssignmentPage(PageQuery):
    """A page of one's own assignments."""

    round_id: UUID | None = None
    state: State | None = None
    sort: Literal["id", "-id", "due_on", "-due_on"] = "id"


class MyAssignmentView(BaseModel):
    """An assignment as its assessor sees it."""

    id: UUID
    scoring_id: UUID
    round_id: UUID
    credit_code: str
    institution_name: str
    state: State
    due_on: date
    late: bool = Field(description="已逾期 · not scored by its day")
    version: int


class AssignmentView(MyAssignmentView):
    """An assignment as the city sees it: who has which place, and why it ended."""

    district: str
    place: int
    assessor_id: UUID
    masked_name: str
    assigned_at: datetime
    end_reason: str | None


class TaskView(MyAssignmentView):
    """What an assessor has to score: what the institution handed in, and the rubric's dimensions."""

    materials: dict[str, Any] | None = Field(description="申报材料 · what was handed in")
    sections: list[SectionBody]
