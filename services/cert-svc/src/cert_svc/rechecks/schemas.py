"""Re-checks as the API takes and shows them."""

from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import Code, DistrictCode, IdNumber, Name
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body, FindingView, finding_view
from pydantic import BaseModel, Field

from cert_svc.rechecks.lifecycle import SHOWN, State
from cert_svc.rechecks.recheck import Recheck

Conclusion = Field(min_length=2, max_length=2000, examples=["复核结果与原评价一致，评价过程规范"])


class Assignment(Body):
    """Who checks (复核人员): an officer or expert, by real name."""

    name: Name = Field(examples=["李复核"])
    id_number: IdNumber


class ClosingBody(Body):
    """What the district concludes (复核意见)."""

    conclusion: str = Conclusion


class ConclusionAmendment(Body):
    """What the district concludes instead, and why."""

    conclusion: str = Conclusion
    reason: Reason


class RecheckFilters(ListQuery):
    """What the list of re-checks may be narrowed to."""

    draw_id: UUID | None = Field(default=None, description="抽取 · draw")
    district: DistrictCode | None = None
    body_id: UUID | None = Field(default=None, description="评价机构 · evaluation body")
    project_code: Code | None = Field(default=None, description="培训项目 · project")
    state: State | None = None
    agrees: bool | None = Field(default=None, description="是否一致 · whether it agrees")
    evaluated_since: date | None = None
    evaluated_until: date | None = None
    sort: Literal["id", "-id", "evaluated_on", "-evaluated_on"] = "id"


class RecheckPage(RecheckFilters, PageQuery):
    """A page of the re-checks."""


class RecheckExport(RecheckFilters, ExportQuery):
    """The re-checks as a file."""


class AgreementFilters(ListQuery):
    """Of which evaluations the agreement is counted."""

    district: DistrictCode | None = None
    body_id: UUID | None = Field(default=None, description="评价机构 · evaluation body")
    evaluated_since: date | None = None
    evaluated_until: date | None = None


class AgreementPage(AgreementFilters, PageQuery):
    """A page of the agreement by body."""


class AgreementExport(AgreementFilters, ExportQuery):
    """The agreement by body as a file."""


class AgreementView(BaseModel):
    """How many of a body's evaluations that were checked agree (一致率), in percent rounded half up."""

    body_id: UUID | None
    body_name: str | None = Field(description="早于评价机构登记的为空 · null where none was recorded")
    checked: int
    agreed: int
    agreed_percent: int

    @classmethod
    def of(cls, row: Row) -> Self:
        """The view of a row of the count."""
        percent = (row["agreed"] * 200 + row["checked"]) // (2 * row["checked"])
        return cls(**dict(row), agreed_percent=percent)


class CheckPart(BaseModel):
    """One part of the norm, its weight in percent, and the points of the check."""

    code: str = Field(examples=["written"])
    name: str = Field(examples=["笔试"])
    weight: int
    points: int | None


class RecheckView(BaseModel):
    """A re-check (抽查复核). What the evaluation came to is null until the check is made: it is blind."""

    id: UUID
    draw_id: UUID
    evaluation_id: UUID
    district: str
    body_id: UUID | None
    project_code: str
    project_name: str
    trainee: str = Field(examples=["张*"])
    evaluated_on: date
    state: State
    checker: str | None = Field(description="复核人员 · who checks", examples=["李*"])
    parts: list[CheckPart]
    points: int | None
    comment: str | None
    passed: bool | None
    checked_at: datetime | None
    original_points: int | None
    original_passed: bool | None
    most_difference: int
    agrees: bool | None
    findings: list[FindingView]
    conclusion: str | None
    closed_by: str | None
    closed_at: datetime | None
    version: int

    @classmethod
    def of(cls, recheck: Recheck, row: Row) -> Self:
        """The view of a re-check, with what its row says of the evaluation and the training."""
        check, closing = recheck.check, recheck.closing
        shown = recheck.state in SHOWN
        points = (check.part_points if check else None) or {}
        own: dict[str, Any] = {
            name: getattr(recheck, name)
            for name in ("id", "draw_id", "evaluation_id", "district", "body_id", "evaluated_on", "state")
        }
        return cls(
            **own,
            project_code=row["project_code"],
            project_name=row["project_name"],
            trainee=row["masked_name"],
            checker=recheck.checker.masked_name if recheck.checker else None,
            parts=[
                CheckPart(
                    **{name: part[name] for name in ("code", "name", "weight")},
                    points=points.get(part["code"]),
                )
                for part in row["parts"] or ()
            ],
            points=check.points if check else None,
            comment=check.comment if check else None,
            passed=check.passed if check else None,
            checked_at=check.at if check else None,
            original_points=recheck.original_points if shown else None,
            original_passed=recheck.original_passed if shown else None,
            most_difference=recheck.most_difference,
            agrees=check.agrees if check else None,
            findings=[finding_view(one) for one in recheck.findings],
            conclusion=closing.conclusion if closing else None,
            closed_by=closing.by if closing else None,
            closed_at=closing.at if closing else None,
            version=recheck.version,
        )
