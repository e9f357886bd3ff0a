"""Proposals as the API takes and shows them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Name, Note
from chuangpei.kernel.dated import ParameterBook
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from subsidy_svc.law.schemas import plain
from subsidy_svc.policy.proposing import Change
from subsidy_svc.proposals.lifecycle import State
from subsidy_svc.proposals.proposal import Proposal, Trial


class NewChange(Body):
    """One parameter's proposed value (参数调整), its unit by the law's name, the document to be cited."""

    parameter: str = Field(min_length=1, max_length=60, examples=["subsidy_fen"])
    unit: str = Field(min_length=1, max_length=20, examples=["fen"])
    value: JsonValue = Field(examples=[200000])
    article: Name = Field(examples=["沪人社规〔2027〕8号 一(二)"])

    def change(self) -> Change:
        """The change as the rules know it."""
        return Change(self.parameter, self.unit, self.value, self.article)


class NewProposal(Body):
    """Changes of the law that would hold from one day on (政策调整草案)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "提高补贴标准",
                    "effective_from": "2027-07-01",
                    "changes": [
                        {
                            "parameter": "subsidy_fen",
                            "unit": "fen",
                            "value": 200000,
                            "article": "沪人社规〔2027〕8号 一(二)",
                        }
                    ],
                }
            ]
        }
    )

    title: Name
    effective_from: date = Field(description="生效日，须在今日之后 · first day, later than today")
    changes: list[NewChange] = Field(min_length=1, max_length=20)


class ProposalReason(Body):
    """Why a proposal is not pursued."""

    reason: Note = Field(examples=["财政部门未同意"])


class ProposalFilters(ListQuery):
    """What the list of proposals may be narrowed to, and its orders."""

    state: State | None = None
    sort: Literal["id", "-id", "effective_from", "-effective_from"] = "-id"


class ProposalPage(ProposalFilters, PageQuery):
    """A page of the proposals."""


class ProposalExport(ProposalFilters, ExportQuery):
    """The proposals as a file."""


class EffectFilters(ListQuery):
    """What the effects of a proposal may be narrowed to, and their orders."""

    district: DistrictCode | None = None
    sort: Literal["claim_id", "-claim_id"] = "claim_id"


class EffectPage(EffectFilters, PageQuery):
    """A page of a proposal's effects."""


class EffectExport(EffectFilters, ExportQuery):
    """A proposal's effects as a file."""


class ChangeView(BaseModel):
    """One change beside what holds until the day before (参数调整)."""

    parameter: str
    unit: str
    rule: str
    value: JsonValue
    instead_of: JsonValue
    article: str


class TrialView(BaseModel):
    """How far the trial over past claims has come (试算进度); it knew the publications up to ``based_on``."""

    run: int
    based_on: int | None
    claims_total: int
    claims_tried: int
    claims_changed: int
    claims_without_facts: int
    ended_at: datetime | None


class ProposalView(BaseModel):
    """A proposal and where it stands (政策调整). ``number`` counts publications."""

    id: UUID
    title: str
    effective_from: date
    state: State
    changes: list[ChangeView]
    proposed_by: str
    proposed_at: datetime
    trial: TrialView
    number: int | None
    published_by: str | None
    published_at: datetime | None
    reason: str | None
    version: int


class DistrictEffect(BaseModel):
    """What would change in one district (分区影响): how many claims, how many fen more and less."""

    district: str
    claims: int
    more_fen: int
    less_fen: int
    no_longer_eligible: int


class ProposalDetail(ProposalView):
    """A proposal with what its last trial found, by district and in all."""

    districts: list[DistrictEffect]
    difference_fen: int


class EffectView(BaseModel):
    """One claim that would be granted another amount (受影响的申领); 0 fen where it would be refused.

    ``assumed`` says that the role was taken as on a day the registry was asked about.
    """

    claim_id: UUID
    district: str
    was_fen: int
    would_be_fen: int
    difference_fen: int
    failing_rules: list[str]
    assumed: bool


def proposal_view(proposal: Proposal, book: ParameterBook) -> ProposalView:
    """A proposal as the list shows it."""
    before = book.on(max(proposal.effective_from - timedelta(days=1), book.in_force.first))
    return ProposalView(
        id=proposal.id,
        title=proposal.title,
        effective_from=proposal.effective_from,
        state=proposal.state,
        changes=[
            ChangeView(
                parameter=one.parameter,
                unit=one.unit,
                rule=before[one.parameter].rule,
                value=one.value,
                instead_of=plain(before[one.parameter].value),
                article=one.article,
            )
            for one in proposal.changes
        ],
        proposed_by=proposal.proposed_by,
        proposed_at=proposal.proposed_at,
        trial=_trial_view(proposal.trial),
        number=proposal.number,
        published_by=proposal.published_by,
        published_at=proposal.published_at,
        reason=proposal.reason,
        version=proposal.version,
    )


def proposal_detail(view: ProposalView, districts: Sequence[Row]) -> ProposalDetail:
    """A proposal with its effects added up."""
    found = [DistrictEffect(**dict(row)) for row in districts]
    return ProposalDetail(
        **view.model_dump(), districts=found, difference_fen=sum(one.more_fen - one.less_fen for one in found)
    )


def _trial_view(trial: Trial) -> TrialView:
    shown = {name: getattr(trial, name) for name in TrialView.model_fields}
    return TrialView(**shown)
