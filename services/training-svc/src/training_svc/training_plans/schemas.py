"""Training plans as the API takes and shows them."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Note
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from training_svc.policy.plans import TargetGroup
from training_svc.projects.schemas import Stage
from training_svc.training_plans.lifecycle import State
from training_svc.training_plans.progress import By

Year = Annotated[int, Field(ge=2000, le=2100, examples=[2026], description="计划年度 · year of the plan")]
Sort = Literal["id", "-id", "year", "-year", "submitted_on", "-submitted_on"]
_NAMED_TWICE = Text("同一阶段与对象重复", "A stage and target group is named twice")


class PlanFilters(ListQuery):
    """What the list of training plans may be narrowed to, and its orders."""

    district: DistrictCode | None = None
    year: Year | None = None
    state: State | None = None
    sort: Sort = "id"


class PlanPage(PlanFilters, PageQuery):
    """A page of the training plans."""


class PlanExport(PlanFilters, ExportQuery):
    """The training plans as a file."""


class ProgressQuery(ListQuery):
    """Which plans are measured: a year, perhaps one district or stage, and by what the rows go."""

    year: Year
    by: By = Field(default=By.STAGE, description="按阶段或按培训对象 · by stage, or by target group in it")
    district: DistrictCode | None = None
    stage: int | None = Field(default=None, ge=1, le=4)


class ProgressExport(ProgressQuery, ExportQuery):
    """Planned against done as a file."""


class NewPlanLine(Body):
    """One line of a plan: people and classes of a stage for a target group."""

    model_config = ConfigDict(from_attributes=True)

    stage: Stage
    target_group: TargetGroup = Field(examples=["student"], description="培训对象 · target group")
    people: int = Field(ge=1, le=1_000_000, examples=[300], description="计划人数 · planned people")
    classes: int = Field(ge=0, le=100_000, examples=[10], description="计划班次 · planned classes")


def _each_once(lines: list[NewPlanLine]) -> list[NewPlanLine]:
    if len({(one.stage, one.target_group) for one in lines}) < len(lines):
        raise InvalidText(_NAMED_TWICE)
    return lines


Lines = Annotated[list[NewPlanLine], Field(min_length=1, max_length=40), AfterValidator(_each_once)]


class NewPlan(Body):
    """A district's training plan for a year (年度培训计划)."""

    year: Year
    lines: Lines


class PlanResubmission(Body):
    """The lines with which a returned plan is submitted anew."""

    lines: Lines


class PlanReturn(Body):
    """Why a plan is returned (退回)."""

    reason: Note = Field(examples=["未安排退役军人班次"])


class PlanAmendment(Body):
    """The lines that take the place of an accepted plan's (调整), and why."""

    lines: Lines
    reason: Reason


class PlanSummary(BaseModel):
    """A plan as lists show it, with its totals."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    district: str
    year: int
    people: int = Field(description="计划人数合计 · planned people in all")
    classes: int = Field(description="计划班次合计 · planned classes in all")
    state: State
    submitted_at: datetime
    submitted_on: date
    decided_on: date | None
    reason: str | None
    version: int


class PlanView(PlanSummary):
    """A plan with its lines."""

    lines: list[NewPlanLine]


class ProgressRow(BaseModel):
    """What was planned and what was done (计划与完成) in a district and stage, or a target group there."""

    district: str
    stage: int
    target_group: TargetGroup | None = Field(
        default=None, description="培训对象，按阶段汇总为空 · null where a stage is summed up"
    )
    planned_classes: int
    classes: int = Field(
        description="当年开班数；按对象时为有该对象的班 · classes begun in the year, with anybody of a group"
    )
    planned_people: int
    enrolled: int = Field(description="报名人数 · people with a place in them")
    completed: int = Field(description="结业人数 · people who completed")
    completed_percent: int | None = Field(
        description="结业人数占计划人数（%），无计划为空 · completed of planned, null for none planned"
    )


class Progress(BaseModel):
    """Planned against done in a year; only accepted plans count."""

    year: int
    rows: list[ProgressRow]
