"""Reports as the API takes and shows them."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeForm, DistrictCode, Name, Note, Phone
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from brand_svc.policy.facts import ExitGround
from brand_svc.reports.lifecycle import State
from brand_svc.reports.report import Channel, Report


class ReporterBody(Body):
    """Who reports (举报人); kept encrypted, shown masked."""

    name: Name = Field(examples=["张三丰"])
    phone: Phone


class NewReport(Body):
    """What is reported about an institution (举报); without a ``reporter`` it is anonymous."""

    credit_code: CreditCodeForm
    content: str = Field(
        min_length=10, max_length=5_000, examples=["该机构九月全月无人上课，却申报了两个班。"]
    )
    reporter: ReporterBody | None = None

    @property
    def who(self) -> tuple[str, str] | None:
        """Name and phone of who reports, if they are told."""
        return (self.reporter.name, self.reporter.phone) if self.reporter else None


class ReceiptView(BaseModel):
    """What came of a report, to whoever has its receipt (受理回执)."""

    receipt: str
    state: State
    received_on: date
    decided_on: date | None

    @classmethod
    def of(cls, report: Report) -> Self:
        """The view of a report."""
        return cls(**{name: getattr(report, name) for name in cls.model_fields})


class Acceptance(Body):
    """On which ground a report is looked into (受理), and why; nobody is named in it."""

    ground: ExitGround
    outcome: Note = Field(examples=["线索具体，予以受理"])


class Declining(Body):
    """Why a report is not accepted (不予受理理由); nobody is named in it."""

    outcome: Note = Field(examples=["未提供可查证的事实"])


class Reopening(Body):
    """Why a declined report is looked at anew."""

    reason: Reason


class Disclosure(Body):
    """Why what was said is opened (查看原文)."""

    reason: Note = Field(examples=["核查举报内容"])


class ReportFilters(ListQuery):
    """What the reports may be narrowed to, and their orders."""

    district: DistrictCode | None = None
    credit_code: CreditCodeForm | None = None
    state: State | None = None
    channel: Channel | None = None
    anonymous: bool | None = None
    received_since: date | None = None
    received_until: date | None = None
    sort: Literal["id", "-id", "received_on", "-received_on"] = "id"


class ReportPage(ReportFilters, PageQuery):
    """A page of reports."""


class ReportExport(ReportFilters, ExportQuery):
    """Reports as a file."""


class ReportView(BaseModel):
    """A report (举报) as officials see it, the reporter masked; what it says is opened with a reason."""

    id: UUID
    receipt: str
    channel: Channel
    credit_code: str
    institution_name: str
    district: str
    reporter_name: str | None = Field(examples=["张*"])
    reporter_phone: str | None = Field(examples=["138****0000"])
    state: State
    received_on: date
    received_at: datetime
    ground: ExitGround | None
    outcome: str | None
    decided_on: date | None
    decided_by: str | None
    version: int

    @classmethod
    def of(cls, report: Report) -> Self:
        """The view of a report."""
        who = report.reporter
        own = {name: getattr(report, name) for name in cls.model_fields if hasattr(report, name)}
        return cls(
            **own,
            reporter_name=who.masked_name if who else None,
            reporter_phone=who.masked_phone if who else None,
        )


class DisclosedReport(BaseModel):
    """The clear content and reporter; each look is audited."""

    id: UUID
    content: str
    reporter_name: str | None
    reporter_phone: str | None
