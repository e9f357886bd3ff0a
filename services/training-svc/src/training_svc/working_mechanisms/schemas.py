"""Working mechanisms as the API takes and shows them."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Name, Note, Phone
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from training_svc.working_mechanisms.lifecycle import State

Title = Annotated[Name, Field(examples=["浦东新区创业培训工作机制"])]
DocumentReference = Annotated[
    Name, Field(examples=["浦人社〔2026〕12号"], description="文件文号 · reference of the document")
]
ResponsibleUnit = Annotated[
    Name, Field(examples=["浦东新区就业促进中心"], description="责任部门 · responsible unit")
]


class MechanismFilters(ListQuery):
    """What the list of working mechanisms may be narrowed to, and its orders."""

    district: DistrictCode | None = None
    state: State | None = None
    sort: Literal["id", "-id", "filed_on", "-filed_on"] = "id"


class MechanismPage(MechanismFilters, PageQuery):
    """A page of the working mechanisms."""


class MechanismExport(MechanismFilters, ExportQuery):
    """The working mechanisms as a file."""


class NewContact(Body):
    """Whom to ask (联系人)."""

    name: Name = Field(examples=["李建国"])
    phone: Phone


class NewMechanism(Body):
    """A working mechanism (工作机制) that a district files."""

    title: Title
    document_reference: DocumentReference
    responsible_unit: ResponsibleUnit
    contact: NewContact


class Return(Body):
    """Why it is returned (退回)."""

    reason: Note = Field(examples=["未明确监督评估职责"])


class MechanismAmendment(Body):
    """What is corrected of an accepted mechanism, and why; what is not named stays."""

    document_reference: DocumentReference | None = None
    responsible_unit: ResponsibleUnit | None = None
    contact: NewContact | None = None
    reason: Reason


class MechanismView(BaseModel):
    """A filing and where it stands, its contact masked."""

    id: UUID
    district: str
    title: str
    document_reference: str
    responsible_unit: str
    contact_name: str = Field(examples=["李*"])
    contact_phone: str = Field(examples=["138****0000"])
    state: State
    filed_at: datetime
    filed_on: date
    decided_on: date | None
    reason: str | None
    version: int
