"""What the API shows of credentials and of checking one."""

from datetime import date, datetime
from typing import Any

from chuangpei.credentials.checking import Carrier, Checked, Verdict
from chuangpei.kernel.clock import civil_date
from pydantic import BaseModel, Field

from cert_svc.certificates.schemas import PublicCertificateView


class CheckView(BaseModel):
    """What checking a carrier found (核验结果), and what the register says of its number today."""

    verdict: Verdict = Field(examples=["valid"])
    zh: str = Field(examples=["签名有效，未被撤销"])
    en: str = Field(examples=["The signature is good and it is not revoked"])
    carrier: Carrier | None
    number: str | None = Field(examples=["SH2026H7K3M9QX2TB4"])
    holder: str | None = Field(description="凭证所载姓名 · the name it says", examples=["张三丰"])
    issued_on: date | None
    detail: str = Field(description="不能识别的原因 · why it could not be read", examples=[""])
    registered: PublicCertificateView | None = Field(description="登记状态 · what the register says of it")


def said_by(checked: Checked) -> tuple[str | None, str | None, date | None]:
    """Number, holder's name and day of issue in a carrier whose signature is good."""
    says: dict[str, Any] = dict(checked.says)
    if checked.carrier in (Carrier.PAPER, Carrier.PDF):
        return says.get("number"), says.get("n"), date.fromisoformat(says["issued_on"]) if says else None
    subject = says.get("credentialSubject")
    if not isinstance(subject, dict):
        return None, None, None
    names = [one.get("identityHash") for one in subject.get("identifier", []) if isinstance(one, dict)]
    since = datetime.fromisoformat(str(says["validFrom"]))
    return subject.get("licenseNumber"), names[0] if names else None, civil_date(since)
