"""Anomalies as the API takes and shows them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeText, DistrictCode, Instant, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from training_svc.anomalies.lifecycle import State
from training_svc.policy.anomalies import Kind


class AnomalyFilters(ListQuery):
    """What the list of anomalies may be narrowed to, and its orders."""

    state: State | None = None
    kind: Kind | None = None
    district: DistrictCode | None = None
    credit_code: CreditCodeText | None = None
    class_id: UUID | None = None
    enrolment_id: UUID | None = None
    found_since: Instant | None = None
    found_until: Instant | None = None
    sort: Literal["id", "-id", "found_at", "-found_at"] = "-id"


class AnomalyPage(AnomalyFilters, PageQuery):
    """A page of the anomalies."""


class AnomalyExport(AnomalyFilters, ExportQuery):
    """The anomalies as a file."""


class Said(Body):
    """What somebody says to an anomaly, and why (说明、确认)."""

    reason: Note = Field(examples=["两班合并上课，已附教务通知"])


class AnomalyView(BaseModel):
    """An anomaly (异常): what the rule found, about whom, and what people said to it."""

    id: UUID
    kind: Kind
    zh: str = Field(examples=["同一人几乎同时在两处签到"])
    en: str
    rule: str = Field(examples=["T06"])
    fact: str
    required: str
    district: str
    credit_code: str
    institution_name: str
    class_id: UUID
    class_name: str
    session_id: UUID | None
    enrolment_id: UUID | None
    name: str | None = Field(examples=["张*"])
    attendance_id: UUID | None
    found_at: datetime
    state: State
    explained_at: datetime | None
    explained_by: str | None
    explanation: str | None
    confirmed_at: datetime | None
    confirmed_by: str | None
    confirmation: str | None
    version: int
