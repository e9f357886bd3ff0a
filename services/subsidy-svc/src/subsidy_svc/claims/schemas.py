"""What the API takes and shows of claims."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from chuangpei import amendments
from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeText, DistrictCode, IdNumber, Phone
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body, FindingView
from pydantic import BaseModel, ConfigDict, Field

from subsidy_svc.claims.claim import Claim
from subsidy_svc.claims.gathering import ChosenAccount
from subsidy_svc.claims.lifecycle import State
from subsidy_svc.claims.origin import Channel, Origin
from subsidy_svc.policy.facts import AccountKind, Source
from subsidy_svc.policy.rechecks import waiting_for
from subsidy_svc.windows.window import Window

# Nothing in a bank's or a holder's name may look like a formula or a column's end in the payment file.
_NAME = r"^[^\W_][\w .·•()（）\-]*$"


Article = Annotated[
    str,
    Field(
        min_length=2,
        max_length=120,
        description="依据的条款 · the article it rests on",
        examples=["沪人社规〔2025〕30号 一(二)"],
    ),
]


CaseNumber = Annotated[
    str,
    Field(
        pattern=r"^[0-9A-Z][0-9A-Z-]{7,39}$",
        description="一网通办办件编号，8至40位大写字母、数字或横线 · the platform's case number",
        examples=["SH00FW20260601000123"],
    ),
]
ContactPhone = Annotated[
    Phone,
    Field(description="本人联系电话，便于补正和核实 · the person's own phone, for supplements and questions"),
]
OnlineChannel = Literal[Channel.ONLINE, Channel.WEB, Channel.APP, Channel.TERMINAL]


class CardAccount(Body):
    """The account linked to the person's social-security card (社保卡账户; S11)."""

    kind: Literal["social_security_card"]


class OtherAccount(Body):
    """Another account in the person's own name, with the reason why (S11)."""

    kind: Literal["other"]
    bank: str = Field(min_length=2, max_length=80, pattern=_NAME, examples=["中国工商银行"])
    account_number: str = Field(pattern=r"^[0-9]{8,32}$", examples=["6222021001122334455"])
    holder_name: str = Field(min_length=2, max_length=80, pattern=_NAME, examples=["张三丰"])
    reason: str = Field(min_length=2, max_length=200, examples=["社保卡金融账户未激活"])


def chosen(given: CardAccount | OtherAccount) -> ChosenAccount:
    """The account asked for, as the use cases know it."""
    if isinstance(given, CardAccount):
        return ChosenAccount(AccountKind.SOCIAL_SECURITY_CARD)
    return ChosenAccount(AccountKind.OTHER, given.bank, given.account_number, given.holder_name, given.reason)


class AccountBody(Body):
    """Where to pay (收款账户; S11)."""

    account: Annotated[CardAccount | OtherAccount, Field(discriminator="kind")]

    def chosen_account(self) -> ChosenAccount:
        """The account asked for, as the use cases know it."""
        return chosen(self.account)


class ClaimBody(AccountBody):
    """An application (申请)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "certificate_id": "0199f4d2-7c1e-7b30-9a55-1f6a54f0c001",
                    "enterprise_credit_code": "91310115MA1K4XY10Y",
                    "account": {"kind": "social_security_card"},
                    "phone": "13800000000",
                    "channel": "app",
                    "case_number": "SH00FW20260601000123",
                }
            ]
        }
    )

    certificate_id: UUID
    enterprise_credit_code: CreditCodeText
    phone: ContactPhone | None = None
    channel: OnlineChannel = Channel.ONLINE
    case_number: CaseNumber | None = None

    def origin(self) -> Origin:
        """How the application came."""
        return Origin(self.channel, self.case_number, self.phone)


class CounterBody(AccountBody):
    """An application at a counter (窗口申请): the certificate's number and the person's id number."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "certificate_number": "SH2026H56SDTZKS60A",
                    "id_number": "310101198506010013",
                    "enterprise_credit_code": "91310115MA1K4XY10Y",
                    "account": {"kind": "social_security_card"},
                    "phone": "13800000000",
                }
            ]
        }
    )

    certificate_number: str = Field(min_length=8, max_length=40, pattern=r"^[0-9A-Za-z]+$")
    id_number: IdNumber
    enterprise_credit_code: CreditCodeText
    phone: ContactPhone | None = None
    case_number: CaseNumber | None = None

    def origin(self) -> Origin:
        """How the application came."""
        return Origin(Channel.COUNTER, self.case_number, self.phone)


class Reason(Body):
    """Why a decision was made; the person can read it."""

    reason: str = Field(min_length=2, max_length=500, examples=["经核实，申请材料与登记信息不符"])


class Rejection(Reason):
    """Why the claim is not approved (审核不通过), and by which article where one is cited."""

    article: Article | None = None


class NonAcceptance(Reason):
    """Why the claim is not taken up (不予受理), and by which article."""

    article: Article


class Amendment(Body):
    """The reason and article of a refusal as they should read (更正), and why they are amended."""

    decision_reason: str = Field(min_length=2, max_length=500, examples=["经核实，企业登记时间超过三年"])
    decision_article: Article
    reason: amendments.Reason


class Undoing(Body):
    """Why a decision is undone (撤销决定)."""

    reason: amendments.Reason


class ClaimFilters(ListQuery):
    """What the list of claims may be narrowed to, and its order."""

    state: State | None = None
    district: DistrictCode | None = None
    channel: Channel | None = None
    case_number: CaseNumber | None = None
    sort: Literal["id", "-id"] = "-id"


class ClaimPage(ClaimFilters, PageQuery):
    """A page of the claims."""


class ClaimExport(ClaimFilters, ExportQuery):
    """The claims as a file."""


class WaitingView(BaseModel):
    """Which registries a claim waits for, and since when (等待登记系统); its day of application stays."""

    since: datetime
    registries: list[Source]
    zh: str
    en: str


class ClaimView(BaseModel):
    """A claim (申领). Money is integer fen; the holder, the phone and the account are masked.

    The enterprise's name and the account are null while the registry that tells them has not answered.
    """

    id: UUID
    certificate_id: UUID
    certificate_number: str
    state: State
    version: int
    holder: str
    institution_name: str
    district: str
    project_code: str
    project_name: str
    enterprise_credit_code: str
    enterprise_name: str | None
    channel: Channel
    case_number: str | None
    phone: str | None
    account_kind: AccountKind
    account: str | None
    account_reason: str | None
    amount_fen: int
    submitted_at: datetime
    due_on: date | None
    notice_last_day: date | None
    decision_reason: str | None
    decision_article: str | None
    waiting_for_registry: WaitingView | None


class TimelineEntry(BaseModel):
    """One thing that was done to a claim (办理记录)."""

    at: datetime
    action: str
    role: str
    from_state: str | None
    to_state: str | None
    reason: str | None


class NoticeInClaim(BaseModel):
    """The claim's public notice (公示)."""

    id: UUID
    first_day: date
    last_day: date
    last_day_provisional: bool


class PaymentInClaim(BaseModel):
    """The claim's payment line (支付)."""

    batch_number: str
    batch_state: str
    line_no: int
    status: str
    bank_code: str | None


class ClaimDetail(ClaimView):
    """A claim with every finding of its decision and what was done to it."""

    findings: list[FindingView]
    within_years_on: dict[str, bool | None]
    policy_version: str
    notice: NoticeInClaim | None
    payment: PaymentInClaim | None
    timeline: list[TimelineEntry]


def new_claim_view(claim: Claim, window: Window) -> ClaimView:
    """The view of a claim just submitted."""
    return _view(
        claim, window.certificate_number, window.masked_name, window.institution_name, window.project_name
    )


def claim_view(claim: Claim, row: Row) -> ClaimView:
    """The view of a claim, with what its window shows taken from ``row``."""
    return _view(
        claim, row["certificate_number"], row["masked_name"], row["institution_name"], row["project_name"]
    )


def claim_detail(claim: Claim, row: Row, timeline: list[Row]) -> ClaimDetail:
    """The whole page of a claim."""
    payment = None
    if row["line_no"] is not None:
        payment = PaymentInClaim(
            batch_number=row["batch_number"],
            batch_state=row["batch_state"],
            line_no=row["line_no"],
            status=row["line_status"],
            bank_code=row["bank_code"],
        )
    notice = None
    if row["notice_id"] is not None:
        notice = NoticeInClaim(
            id=row["notice_id"],
            first_day=row["notice_first_day"],
            last_day=row["notice_last_day"],
            last_day_provisional=row["notice_provisional"],
        )
    return ClaimDetail(
        **claim_view(claim, row).model_dump(),
        findings=[FindingView(**one) for one in row["findings"]],
        within_years_on=row["within_years_on"],
        policy_version=row["policy_version"],
        notice=notice,
        payment=payment,
        timeline=[TimelineEntry(**_entry(one)) for one in timeline],
    )


def _entry(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in TimelineEntry.model_fields}


def _view(claim: Claim, number: str, holder: str, institution: str, project: str) -> ClaimView:
    return ClaimView(
        id=claim.id,
        certificate_id=claim.certificate_id,
        certificate_number=number,
        state=claim.state,
        version=claim.version,
        holder=holder,
        institution_name=institution,
        district=claim.district,
        project_code=claim.project_code,
        project_name=project,
        enterprise_credit_code=claim.enterprise_credit_code,
        enterprise_name=claim.enterprise_name,
        channel=claim.channel,
        case_number=claim.case_number,
        phone=claim.phone_masked,
        account_kind=AccountKind(claim.account_kind),
        account=claim.account_masked,
        account_reason=claim.account_reason,
        amount_fen=claim.amount_fen,
        submitted_at=claim.submitted_at,
        due_on=claim.due_on,
        notice_last_day=claim.notice_last_day,
        decision_reason=claim.decision_reason,
        decision_article=claim.decision_article,
        waiting_for_registry=waiting_view(claim),
    )


def waiting_view(claim: Claim) -> WaitingView | None:
    """The registries that a claim in review waits for; None where it waits for none."""
    if not claim.waits:
        return None
    assert claim.waiting_since is not None
    assert claim.waiting_for is not None
    registries = [Source(one) for one in claim.waiting_for]
    text = waiting_for(registries)
    return WaitingView(since=claim.waiting_since, registries=registries, zh=text.zh, en=text.en)
