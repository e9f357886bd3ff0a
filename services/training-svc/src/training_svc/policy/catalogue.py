"""The catalogue of projects (培训项目目录): families, and the certificates that each stage leads to."""

from dataclasses import dataclass
from enum import StrEnum

from chuangpei.kernel.refusals import Finding, Text

from training_svc.policy.findings import Rule, finding


class Family(StrEnum):
    """The family of a project: the four 马兰花 courses, a city project (市级), a district project (区级)."""

    GYB = "gyb"
    SYB = "syb"
    IYB = "iyb"
    EYB = "eyb"
    CITY = "city"
    DISTRICT = "district"


class CertificateKind(StrEnum):
    """创业培训结业证书 (C01, C03); 培训结业证书 and 培训合格证书 (C02)."""

    ENTREPRENEURSHIP_COMPLETION = "entrepreneurship_completion"
    TRAINING_COMPLETION = "training_completion"
    TRAINING_QUALIFICATION = "training_qualification"


CERTIFICATES_OF_STAGE: dict[int, tuple[CertificateKind, ...]] = {
    1: (CertificateKind.ENTREPRENEURSHIP_COMPLETION,),
    2: (CertificateKind.ENTREPRENEURSHIP_COMPLETION,),
    3: (CertificateKind.TRAINING_COMPLETION, CertificateKind.TRAINING_QUALIFICATION),
    4: (CertificateKind.ENTREPRENEURSHIP_COMPLETION,),
}
_CERTIFICATE_RULES = {1: "C01", 2: "C01", 3: "C02", 4: "C03"}


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """A project as the catalogue is to have it."""

    stage: int
    family: Family
    district: str | None
    certificates: tuple[CertificateKind, ...]


def certificates_are_the_stages(facts: ProjectFacts) -> Finding:
    """C01, C02, C03: stages 1, 2 and 4 lead to 创业培训结业证书; stage 3 to 培训结业证书 and 培训合格证书."""
    required = CERTIFICATES_OF_STAGE[facts.stage]
    text = Text("项目的证书种类应与其阶段相符", "A project leads to the certificates of its stage")
    holds = sorted(facts.certificates) == sorted(required)
    return finding(
        _CERTIFICATE_RULES[facts.stage], holds, ", ".join(facts.certificates), ", ".join(required), text
    )


def district_project_has_its_district(facts: ProjectFacts) -> Finding:
    """T02: a district project (区级项目) names its district, and no other project names one."""
    required = "district" if facts.family is Family.DISTRICT else "—"
    text = Text(
        "区级项目应注明所属区，其他项目不注明", "District projects, and no others, name their district"
    )
    return finding(
        "T02", (required == "district") == (facts.district is not None), facts.district or "—", required, text
    )


PROJECT_RULES: tuple[Rule[ProjectFacts], ...] = (
    certificates_are_the_stages,
    district_project_has_its_district,
)
