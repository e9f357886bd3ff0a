"""What the API takes and shows of drafts."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeText
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, ConfigDict, Field

from subsidy_svc.claims.origin import Channel
from subsidy_svc.claims.schemas import CardAccount, CaseNumber, ContactPhone, OnlineChannel, OtherAccount
from subsidy_svc.drafts.lifecycle import State
from subsidy_svc.policy.facts import AccountKind


class DraftContent(Body):
    """What of an application is known so far (草稿内容); nothing of it is judged before it is submitted."""

    enterprise_credit_code: CreditCodeText | None = None
    account: Annotated[CardAccount | OtherAccount, Field(discriminator="kind")] | None = None
    phone: ContactPhone | None = None
    channel: OnlineChannel | None = None
    case_number: CaseNumber | None = None


class NewDraft(DraftContent):
    """A draft of a claim for one certificate (新建草稿)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "certificate_id": "0199f4d2-7c1e-7b30-9a55-1f6a54f0c001",
                    "enterprise_credit_code": "91310115MA1K4XY10Y",
                    "account": {"kind": "social_security_card"},
                }
            ]
        }
    )

    certificate_id: UUID


class DraftFilters(ListQuery):
    """What the list of drafts may be narrowed to, and its order."""

    state: State | None = None
    sort: Literal["id", "-id"] = "-id"


class DraftPage(DraftFilters, PageQuery):
    """A page of the drafts."""


class DraftExport(DraftFilters, ExportQuery):
    """The drafts as a file."""


class DraftView(BaseModel):
    """A draft (草稿); account and phone are masked. ``last_day`` is the claim window's (S05)."""

    id: UUID
    certificate_id: UUID
    certificate_number: str
    project_name: str
    last_day: date
    enterprise_credit_code: str | None
    account_kind: AccountKind | None
    account: str | None
    phone: str | None
    channel: Channel | None
    case_number: str | None
    state: State
    saved_at: datetime
    claim_id: UUID | None
    version: int


def draft_view(row: Row) -> DraftView:
    """The view of a draft's row."""
    shown = {name: row[name] for name in DraftView.model_fields if name not in ("account", "phone")}
    return DraftView(**shown, account=row["account_masked"], phone=row["phone_masked"])
