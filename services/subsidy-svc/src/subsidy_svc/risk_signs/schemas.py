"""What the API takes and shows of risk signs; never shown to a claimant or in public."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from chuangpei import fields
from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body, FindingView
from pydantic import BaseModel, ConfigDict, Field

from subsidy_svc.claims.lifecycle import State
from subsidy_svc.policy.risk import Kind
from subsidy_svc.risk_signs.tables import Result


class Note(Body):
    """What looking into a sign found (核实结果), and how: the sign decides nothing either way."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"result": "explained", "note": "两人为夫妻，电话为家庭电话，已电话核实"}]
        }
    )

    result: Result
    note: fields.Note


class SignFilters(ListQuery):
    """What the list of signs may be narrowed to, and its order."""

    district: DistrictCode | None = None
    kind: Kind | None = None
    claim_id: UUID | None = None
    stands: bool | None = Field(default=None, description="是否仍存在 · whether the sign still stands")
    looked_into: bool | None = Field(default=None, description="是否已核实 · whether it was looked into")
    result: Result | None = None
    sort: Literal["id", "-id"] = "-id"


class SignPage(SignFilters, PageQuery):
    """A page of the signs."""


class SignExport(SignFilters, ExportQuery):
    """The signs as a file."""


class SignView(BaseModel):
    """A sign of risk (风险提示): what stands out about a claim, by which formula, and what an officer noted.

    ``gone_at`` is when it was no longer found; it stays to be read.
    """

    id: UUID
    claim_id: UUID
    state: State
    holder: str
    certificate_number: str
    institution_name: str
    district: str
    kind: Kind
    finding: FindingView
    first_seen_at: datetime
    last_seen_at: datetime
    gone_at: datetime | None
    result: Result | None
    note: str | None
    noted_by: str | None
    noted_at: datetime | None
    version: int


class ShownSign(BaseModel):
    """A sign as it was shown when a decision was made."""

    kind: Kind
    finding: FindingView
    result: Result | None
    note: str | None


class AtDecision(BaseModel):
    """A decision on the claim, and the signs that were shown to who made it (决定时的提示)."""

    at: datetime
    action: str
    actor: str
    signs: list[ShownSign]


class ClaimSigns(BaseModel):
    """The signs of one claim, and those shown at each decision on it."""

    claim_id: UUID
    signs: list[SignView]
    at_decisions: list[AtDecision]


def sign_view(row: Row | Mapping[str, Any]) -> SignView:
    """The view of a sign with what is shown of its claim."""
    same = {name: row[name] for name in SignView.model_fields if name not in ("holder", "finding")}
    return SignView(**same, holder=row["masked_name"], finding=FindingView(**row["finding"]))


def claim_signs(claim_id: UUID, rows: list[Row], decisions: list[Row]) -> ClaimSigns:
    """Everything about the signs of a claim."""
    return ClaimSigns(
        claim_id=claim_id,
        signs=[sign_view(row) for row in rows],
        at_decisions=[AtDecision(**dict(one)) for one in decisions],
    )
