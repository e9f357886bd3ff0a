"""Follow-ups as the API takes and shows them."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Name, Note
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.credit_code import parse_credit_code
from chuangpei.kernel.refusals import Text
from chuangpei.kernel.written import compact
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import AfterValidator, BaseModel, Field

from training_svc.follow_ups.lifecycle import State
from training_svc.follow_ups.statistics import Grouping
from training_svc.policy.follow_up import CheckKind, ServiceKind

_CODE_LENGTH = 18


def _firm_code(text: str) -> str:
    code = compact(text)
    if len(code) != _CODE_LENGTH or not (code.isascii() and code.isalnum()):
        raise InvalidText(Text("代码应为18位字母或数字", "A credit code has 18 letters or digits"))
    return code


def is_valid(code: str) -> bool:
    """Whether a firm's code passes GB 32100; codes of the early days do not, and are kept all the same."""
    return not isinstance(parse_credit_code(code), Text)


FirmCode = Annotated[
    str,
    Field(
        max_length=60,
        examples=["91310115MA1K35X104"],
        description="18位；早期代码校验不符的照录 · 18 characters; an early code is kept as it is",
    ),
    AfterValidator(_firm_code),
]
Jobs = Annotated[int, Field(ge=0, le=100_000, description="带动就业人数 · jobs created", examples=[5])]


class NewBusiness(Body):
    """A business (创业组织) that the trainee has opened."""

    name: Name = Field(examples=["上海示例科技有限公司"])
    credit_code: FirmCode
    opened_on: date = Field(examples=["2026-06-01"])
    jobs: Jobs = 0


class Closing(Body):
    """That the business has closed (停业), and whether help to start again is wanted (O14)."""

    closed_on: date = Field(examples=["2026-12-31"])
    reason: Note = Field(examples=["市场变化，经营困难"])
    wants_help: bool = Field(default=False, description="需要重新创业帮扶 · help to start again is wanted")


class CheckAnswer(Body):
    """What a check found: the jobs of a business that still trades; at most a note where none was opened."""

    jobs: Jobs | None = None
    note: Note | None = Field(default=None, examples=["电话回访"])


class NewService(Body):
    """A service (后续服务) that the trainee received."""

    kind: ServiceKind = Field(examples=["finance"])
    provided_on: date = Field(examples=["2026-05-20"])
    provided_by: Name = Field(examples=["浦东新区就业促进中心"])
    note: Note | None = Field(default=None, examples=["协助申请创业担保贷款"])


class AmendedBusiness(Body):
    """What of the last business is amended; the rest stays."""

    name: Name | None = None
    credit_code: FirmCode | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    closing_reason: Note | None = None


class StillTrading(Body):
    """That the last business was closed by mistake (撤回误登记的停业): the jobs it has."""

    jobs: Jobs


class AmendedCheck(Body):
    """The jobs of a check, amended."""

    id: UUID
    jobs: Jobs


class AmendedService(Body):
    """What of a service is amended; the rest stays."""

    id: UUID
    kind: ServiceKind | None = None
    provided_on: date | None = None
    provided_by: Name | None = None
    note: Note | None = None


class Amendment(Body):
    """An amendment (更正) of a follow-up, with its reason."""

    reason: Reason
    still_trading: StillTrading | None = None
    business: AmendedBusiness | None = None
    check: AmendedCheck | None = None
    service: AmendedService | None = None


class BusinessView(BaseModel):
    """A business of the trainee."""

    id: UUID
    number: int
    name: str
    credit_code: str
    code_valid: bool
    opened_on: date
    jobs: int
    closed_on: date | None
    closing_reason: str | None


class CheckView(BaseModel):
    """A check and what it found; ``passed`` is null until it is made."""

    id: UUID
    kind: CheckKind
    months: int
    due_on: date
    business_id: UUID | None
    passed: bool | None
    jobs: int | None
    checked_on: date | None
    note: str | None


class ServiceView(BaseModel):
    """A service received."""

    id: UUID
    kind: ServiceKind
    provided_on: date
    provided_by: str
    note: str | None


class FollowUpSummary(BaseModel):
    """A follow-up in a list, masked."""

    id: UUID
    enrolment_id: UUID
    class_id: UUID
    class_name: str
    institution_id: UUID
    institution_name: str
    district: str
    project_code: str
    stage: int
    name: str = Field(examples=["张*"])
    id_number: str = Field(examples=["310*************15"])
    phone: str = Field(examples=["138****0000"])
    completed_on: date
    state: State
    help_wanted: bool
    version: int


class FollowUpView(FollowUpSummary):
    """A follow-up (跟踪服务) with its businesses, checks and services received."""

    businesses: list[BusinessView]
    checks: list[CheckView]
    services: list[ServiceView]


class MyFollowUpView(BaseModel):
    """A follow-up as the trainee sees it."""

    id: UUID
    enrolment_id: UUID
    class_name: str
    institution_name: str
    completed_on: date
    state: State
    help_wanted: bool
    businesses: list[BusinessView]
    checks: list[CheckView]
    services: list[ServiceView]


class MyFollowUps(BaseModel):
    """A person's follow-ups, one for each completed class."""

    items: list[MyFollowUpView]


class DueView(BaseModel):
    """A check that is due."""

    id: UUID
    follow_up_id: UUID
    kind: CheckKind
    months: int
    due_on: date
    district: str
    institution_id: UUID
    institution_name: str
    class_name: str
    name: str
    phone: str
    business_name: str | None


class FollowUpFilters(ListQuery):
    """What the list of follow-ups may be narrowed to, and its orders."""

    state: State | None = None
    district: DistrictCode | None = None
    institution_id: UUID | None = None
    class_id: UUID | None = None
    help_wanted: bool | None = None
    completed_since: date | None = None
    completed_until: date | None = None
    sort: Literal["id", "-id", "completed_on", "-completed_on"] = "id"


class FollowUpPage(FollowUpFilters, PageQuery):
    """A page of the follow-ups."""


class FollowUpExport(FollowUpFilters, ExportQuery):
    """The follow-ups as a file."""


class DueFilters(ListQuery):
    """What the queue may be narrowed to; by default what is due today or was before."""

    kind: CheckKind | None = None
    district: DistrictCode | None = None
    institution_id: UUID | None = None
    due_until: date | None = None
    sort: Literal["due_on", "-due_on", "id", "-id"] = "due_on"


class DuePage(DueFilters, PageQuery):
    """A page of the queue."""


class DueExport(DueFilters, ExportQuery):
    """The queue as a file."""


class StatisticsQuery(ListQuery):
    """Whom the figures count: those who completed in a period; by default in the current year."""

    by: Grouping = Grouping.ALL
    completed_since: date | None = None
    completed_until: date | None = None


class StatisticsExport(StatisticsQuery, ExportQuery):
    """The figures as a file."""


class TradingView(BaseModel):
    """How many of the businesses checked after so many months still traded."""

    months: int
    checked: int
    trading: int
    percent: int | None


class FiguresView(BaseModel):
    """The figures of one group; percentages are rounded down, null where there is nothing to divide by."""

    group: str
    name: str
    completed: int
    could_open: int
    opened_in_time: int
    opened_percent: int | None
    opened: int
    jobs: int
    jobs_per_opened: int | None
    trading: list[TradingView]


class TargetsView(BaseModel):
    """The yearly targets (劳社部发〔2007〕30号 附件二, O30)."""

    opened_percent: int
    jobs_per_opened: int
    stable_percent: int
    stable_months: int


class StatisticsView(BaseModel):
    """The figures of follow-up and the targets they are held against."""

    completed_since: date
    completed_until: date
    by: Grouping
    items: list[FiguresView]
    targets: TargetsView
