"""Projects as the API takes and shows them."""

from datetime import date
from typing import Annotated, Literal

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import Code, DistrictCode, Name, Note
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import AfterValidator, BaseModel, Field

from training_svc.policy.catalogue import CertificateKind, Family

Stage = Annotated[
    Literal[1, 2, 3, 4],
    Field(
        examples=[3],
        description="1 创业意识激发期 · 2 创业准备期 · 3 创业初创期 · 4 创业发展期",
    ),
]


_NOT_A_PATH = frozenset({"export"})
"""What stands in the path of a project's code already."""


def _readable_by_path(code: str) -> str:
    if code in _NOT_A_PATH:
        raise InvalidText(Text("该编码为系统保留", "This code is reserved"))
    return code


ProjectCode = Annotated[Code, AfterValidator(_readable_by_path)]


class ProjectFilters(ListQuery):
    """What the catalogue may be narrowed to, and its orders."""

    stage: int | None = Field(default=None, ge=1, le=4)
    family: Family | None = None
    district: DistrictCode | None = None
    retired: bool | None = Field(default=None, description="是否已停用 · whether it is retired")
    sort: Literal["code", "-code", "name", "-name", "stage", "-stage"] = "code"


class ProjectPage(ProjectFilters, PageQuery):
    """A page of the catalogue."""


class ProjectExport(ProjectFilters, ExportQuery):
    """The catalogue as a file."""


class NewProject(Body):
    """A project (培训项目) to add to the catalogue."""

    code: ProjectCode = Field(examples=["IYB"])
    name: Name = Field(examples=["改善你的企业"])
    stage: Stage
    family: Family = Field(
        default=Family.CITY,
        examples=["iyb"],
        description="马兰花 gyb, syb, iyb, eyb · 市级项目 city · 区级项目 district",
    )
    district: DistrictCode | None = Field(default=None, description="区级项目的区 · of a district project")
    certificates: list[CertificateKind] | None = Field(
        default=None,
        min_length=1,
        max_length=3,
        examples=[["training_completion", "training_qualification"]],
        description="证书种类，缺省为该阶段的证书 · certificates; by default those of the stage",
    )


class ProjectAmendment(Body):
    """What is to be amended (更正); what is not named stays. The stage stays for ever."""

    name: Name | None = None
    family: Family | None = None
    district: DistrictCode | None = None
    retired: Literal[False] | None = Field(
        default=None, description="false 撤回误停用 · false undoes a mistaken retirement"
    )
    reason: Reason


class Retirement(Body):
    """Why a project takes no new class or application."""

    reason: Note = Field(examples=["项目并入新课程"])


class ProjectView(BaseModel):
    """A project of the catalogue."""

    code: str = Field(examples=["IYB"])
    name: str = Field(examples=["改善你的企业"])
    stage: int = Field(examples=[3])
    family: Family = Field(examples=["iyb"])
    district: str | None
    certificates: list[CertificateKind]
    retired_on: date | None
    version: int
