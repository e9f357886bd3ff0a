"""Evaluators as the API takes and shows them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import IdNumber, Name, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field


class NewEvaluator(Body):
    """An evaluator (评价人员) by real name."""

    name: Name = Field(examples=["王评分"])
    id_number: IdNumber


class Removal(Body):
    """Why an evaluator is removed (移出)."""

    reason: Note = Field(examples=["已离职"])


class EvaluatorFilters(ListQuery):
    """What the list of a body's evaluators may be narrowed to, and its orders."""

    removed: bool | None = Field(default=None, description="已移出 · whether removed")
    sort: Literal["id", "-id", "added_at", "-added_at"] = "id"


class EvaluatorPage(EvaluatorFilters, PageQuery):
    """A page of the evaluators."""


class EvaluatorExport(EvaluatorFilters, ExportQuery):
    """The evaluators as a file."""


class EvaluatorView(BaseModel):
    """An evaluator of a body, the name masked."""

    id: UUID
    body_id: UUID
    masked_name: str = Field(examples=["王*"])
    added_at: datetime
    added_by: str
    removed_at: datetime | None
    remove_reason: str | None
    version: int
