"""What every document that the city centre publishes takes and shows (T05)."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import Code, Name, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

_NOT_AMENDED = {"frozen", "revision"}


class DocumentFilters(ListQuery):
    """What the published versions may be narrowed to, and their orders."""

    project_code: str | None = Field(default=None, max_length=40)
    effective_since: date | None = None
    effective_until: date | None = None
    withdrawn: bool | None = Field(default=None, description="是否已撤回 · whether it is withdrawn")
    sort: Literal["id", "-id", "effective_from", "-effective_from", "project_code", "-project_code"] = "id"


class DocumentPage(DocumentFilters, PageQuery):
    """A page of the versions."""


class DocumentExport(DocumentFilters, ExportQuery):
    """The versions as a file."""


class NewDocument(Body):
    """What each version has to be published with."""

    project_code: Code = Field(examples=["IYB"])
    version: Code = Field(examples=["2026-1"])
    name: Name
    effective_from: date = Field(examples=["2026-01-01"])


class Amendment(Body):
    """What is to be amended (更正) before the version is first cited; what is not named stays."""

    name: Name | None = None
    effective_from: date | None = None
    reason: Reason

    def changes(self) -> dict[str, Any]:
        """The fields that are named, with their new values."""
        return self.model_dump(exclude={"reason"}, exclude_none=True)


class Withdrawal(Body):
    """Why a version is withdrawn (撤回) before it is first cited."""

    reason: Note = Field(examples=["发布有误，重新发布"])


class DocumentView(BaseModel):
    """A published version; ``revision`` counts its amendments, and is its ETag."""

    id: UUID
    project_code: str = Field(examples=["IYB"])
    version: str = Field(examples=["2026-1"])
    name: str
    effective_from: date
    withdrawn_on: date | None
    frozen: bool = Field(description="已被引用，不再更正 · cited, and so never changed again")
    revision: int

    def amendable(self) -> dict[str, Any]:
        """What an amendment may change and its history tells, as JSON knows it."""
        return self.model_dump(mode="json", exclude=_NOT_AMENDED)
