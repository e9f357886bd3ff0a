"""What the API takes and shows of objections."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Instant, Name, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from fastapi import Header
from pydantic import BaseModel, ConfigDict, Field

from subsidy_svc.attachments.schemas import AttachmentView
from subsidy_svc.claims.schemas import Article
from subsidy_svc.objections.lifecycle import UNDECIDED, State

Receipt = Annotated[
    str,
    Header(
        alias="Objection-Receipt",
        min_length=20,
        max_length=60,
        description="提出异议时取得的回执 · the receipt given when the objection came in",
        examples=["MFRA-2YTB-MJQX-I2LO-NFXG-OZLO"],
    ),
]


class ObjectionBody(Body):
    """An objection (异议), named or anonymous (实名或匿名)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"text": "该人员并非所述企业的合伙人，请核实。", "name": "李四", "contact": "13800000000"}
            ]
        }
    )

    text: str = Field(min_length=5, max_length=2000)
    name: Name | None = Field(default=None, min_length=2, max_length=80)
    contact: str | None = Field(default=None, min_length=5, max_length=120)


class ObjectionFiled(BaseModel):
    """That an objection came in."""

    id: UUID
    notice_id: UUID
    received_at: datetime
    due_on: date


class ObjectionReceipt(ObjectionFiled):
    """What the objector gets back, and nothing a reader of the notice could not see.

    The ``receipt`` is told here alone: it adds evidence, and reads what became of the objection.
    """

    receipt: str


class ObjectionStatus(BaseModel):
    """What the holder of a receipt may read: where the objection stands and what was decided (核查结果)."""

    notice_id: UUID
    received_at: datetime
    state: State
    due_on: date
    decided_at: datetime | None
    decision_reason: str | None
    decision_article: str | None
    evidence: list[AttachmentView]


class Ruling(Body):
    """What was decided of an objection, why and by which article; the objector can read it."""

    reason: Note = Field(examples=["经核查工商登记，该人员自2024年起持股30%，异议不成立"])
    article: Article


class NewNote(Body):
    """What the investigation found (核查记录)."""

    text: str = Field(min_length=2, max_length=2000, examples=["调取工商登记档案：持股比例30%"])


class RulingAmendment(Body):
    """The reason and article of a decision as they should read (更正), and why they are amended."""

    decision_reason: Note
    decision_article: Article
    reason: Reason


class Unmasking(Body):
    """Why the objector's name and contact are opened."""

    reason: Note = Field(examples=["向异议人核实情况"])


class ObjectionFilters(ListQuery):
    """What the objections may be narrowed to, and their order."""

    district: DistrictCode | None = None
    state: State | None = None
    undecided: bool | None = Field(default=None, description="是否未决 · whether none has decided it")
    overdue: bool | None = Field(default=None, description="是否逾期 · whether its day is over")
    claim_id: UUID | None = None
    notice_id: UUID | None = None
    investigator: str | None = Field(default=None, max_length=200, description="核查人 · account")
    received_since: Instant | None = None
    received_until: Instant | None = None
    sort: Literal["id", "-id", "due_on", "-due_on"] = "-id"


class ObjectionPage(ObjectionFilters, PageQuery):
    """A page of objections."""


class ObjectionExport(ObjectionFilters, ExportQuery):
    """Objections as a file."""


class NotePage(PageQuery):
    """A page of an objection's notes; ``id`` gives the first one first."""

    sort: Literal["id", "-id"] = "id"


class NoteExport(ExportQuery):
    """An objection's notes as a file."""

    sort: Literal["id", "-id"] = "id"


class ObjectionView(BaseModel):
    """An objection as the offices see it; the name is masked, the contact not shown."""

    id: UUID
    notice_id: UUID
    claim_id: UUID
    district: str
    text: str
    name: str | None
    has_contact: bool
    received_at: datetime
    state: State
    due_on: date
    overdue: bool
    investigator: str | None
    decision_reason: str | None
    decision_article: str | None
    decided_by: str | None
    decided_at: datetime | None
    version: int


class NoteView(BaseModel):
    """What the investigation found (核查记录), by whom and when."""

    id: UUID
    objection_id: UUID
    text: str
    noted_at: datetime
    noted_by: str


class Unmasked(BaseModel):
    """Who objected; both are null for an anonymous objection without contact."""

    id: UUID
    name: str | None
    contact: str | None


_AS_KEPT = frozenset(ObjectionView.model_fields) - {"name", "has_contact", "overdue"}


def objection_view(row: Row, today: date) -> ObjectionView:
    """The objection in a row as it stands on ``today``."""
    return ObjectionView(
        **{name: row[name] for name in _AS_KEPT},
        name=row["masked_name"],
        has_contact=row["contact_encrypted"] is not None,
        overdue=State(row["state"]) in UNDECIDED and row["due_on"] < today,
    )


def note_view(row: Row) -> NoteView:
    """The note in a row."""
    return NoteView(**{name: row[name] for name in NoteView.model_fields})
