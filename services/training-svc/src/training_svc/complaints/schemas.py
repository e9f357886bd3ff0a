"""Complaints as the API takes and shows them."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeForm, DistrictCode, Name, Note, Phone
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from training_svc.complaints.complaint import Channel, Subject
from training_svc.complaints.lifecycle import State


class Complainant(Body):
    """Who complains (投诉人); kept encrypted, shown masked."""

    name: Name = Field(examples=["张三丰"])
    phone: Phone


class NewComplaint(Body):
    """A complaint (投诉) about an institution, or one of its classes.

    An officer says by which ``channel`` it came and may leave out the ``complainant`` (匿名); a citizen's is
    always ``online`` and names the complainant.
    """

    credit_code: CreditCodeForm
    class_id: UUID | None = None
    channel: Channel | None = Field(default=None, examples=["hotline"])
    subject: Subject = Field(examples=["teaching"])
    content: str = Field(min_length=5, max_length=5_000, examples=["课程安排与开班公告不符，缺课三次。"])
    complainant: Complainant | None = None


class Outcome(Body):
    """What the district found (调查结论)."""

    outcome: Note = Field(examples=["经查，第二次课未按公告开展，已责令补课"])


class Reversal(Body):
    """The other finding (更正认定), and why the first was wrong."""

    outcome: Note = Field(examples=["复查认定不属实"])
    reason: Reason


class Disclosure(Body):
    """Why the complainant and the content are opened (查看原文)."""

    reason: Note = Field(examples=["联系投诉人核实缺课情况"])


class ComplaintFilters(ListQuery):
    """What the list of complaints may be narrowed to, and its orders."""

    institution_id: UUID | None = None
    district: DistrictCode | None = None
    state: State | None = None
    subject: Subject | None = None
    channel: Channel | None = None
    filed_since: date | None = None
    filed_until: date | None = None
    sort: Literal["id", "-id", "filed_on", "-filed_on"] = "id"


class ComplaintPage(ComplaintFilters, PageQuery):
    """A page of the complaints."""


class ComplaintExport(ComplaintFilters, ExportQuery):
    """The complaints as a file."""


class MyComplaintFilters(ListQuery):
    """What one's own complaints may be narrowed to, and their orders."""

    state: State | None = None
    subject: Subject | None = None
    filed_since: date | None = None
    filed_until: date | None = None
    sort: Literal["id", "-id", "filed_on", "-filed_on"] = "-id"


class MyComplaintPage(MyComplaintFilters, PageQuery):
    """A page of one's own complaints."""


class MyComplaintExport(MyComplaintFilters, ExportQuery):
    """One's own complaints as a file."""


class MyComplaintView(BaseModel):
    """A complaint as the complainant sees it."""

    id: UUID
    institution_name: str
    credit_code: str
    class_id: UUID | None
    subject: Subject
    state: State
    filed_on: date
    decided_on: date | None
    outcome: str | None


class ComplaintView(MyComplaintView):
    """A complaint as officers see it, the complainant masked."""

    institution_id: UUID
    district: str
    channel: Channel
    complainant_name: str | None = Field(examples=["张*"])
    complainant_phone: str | None = Field(examples=["138****0000"])
    filed_at: datetime
    decided_by: str | None
    version: int


class DisclosedView(BaseModel):
    """The clear content and complainant; each look is audited."""

    id: UUID
    content: str
    complainant_name: str | None
    complainant_phone: str | None
