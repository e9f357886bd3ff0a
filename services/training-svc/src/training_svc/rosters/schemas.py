"""Rosters as the API shows them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import Instant
from chuangpei.paging import ListQuery, PageQuery
from pydantic import BaseModel, Field

from training_svc.rosters.lifecycle import State
from training_svc.rosters.roster_import import Mode


class RosterView(BaseModel):
    """An import and how far it has come; the names in it are never shown."""

    id: UUID
    class_id: UUID
    mode: Mode
    state: State
    received_at: datetime
    finished_at: datetime | None
    progress_percent: int = Field(examples=[50], description="0–100")
    rows: int = Field(examples=[30], description="数据行数 · rows below the heading")
    checked: int = Field(examples=[30], description="已核验 · rows checked")
    good: int = Field(examples=[28], description="合格 · rows without error")
    bad: int = Field(examples=[2], description="不合格 · rows with errors")
    enrolled: int = Field(examples=[28], description="已报名 · persons enrolled")
    waiting: int = Field(examples=[0], description="已候补 · persons put on the waiting list")
    version: int


class RosterErrorView(BaseModel):
    """One thing that is wrong with a row (错误行), in both languages; what the cell said is not repeated."""

    line: int = Field(examples=[12], description="文件中的行号 · line in the file")
    column: str | None = Field(examples=["id_number"], description="整行有误时为空 · null for the whole row")
    code: str = Field(examples=["named_twice"])
    zh: str = Field(examples=["第5行与第12行为同一人"])
    en: str = Field(examples=["Lines 5 and 12 name the same person"])


class RosterFilters(ListQuery):
    """What imports are looked for by."""

    class_id: UUID | None = None
    state: State | None = None
    mode: Mode | None = None
    received_from: Instant | None = None
    received_until: Instant | None = None
    sort: Literal["id", "-id", "received_at", "-received_at"] = "-received_at"


class RosterPage(RosterFilters, PageQuery):
    """One page of imports."""


class RosterExport(RosterFilters, ExportQuery):
    """Imports as a file."""


class ErrorFilters(ListQuery):
    """What errors are looked for by."""

    column: str | None = Field(default=None, max_length=40, examples=["id_number"])
    code: str | None = Field(default=None, max_length=60, examples=["named_twice"])
    sort: Literal["line", "-line"] = "line"


class ErrorPage(ErrorFilters, PageQuery):
    """One page of errors."""


class ErrorExport(ErrorFilters, ExportQuery):
    """Errors as a file."""


class TemplateQuery(ExportQuery):
    """The kind of template asked for."""
