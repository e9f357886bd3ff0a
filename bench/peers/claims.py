"""What the two peers of the claim share: the body, the answer and what a claim's rows hold."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

FINDINGS = [
    {
        "rule": f"S0{number}",
        "article": "沪人社规〔2025〕30号 一(二)",
        "outcome": "met",
        "fact": "2025-10-16",
        "required": "2023-10-11 ~ 2026-10-11",
        "zh": "企业在本市登记注册未满三年",
        "en": "The enterprise was registered in Shanghai within three years",
    }
    for number in range(1, 8)
]
FACTS: dict[str, object] = {
    "issued_on": "2026-05-20",
    "window_last_day": "2027-05-20",
    "window_provisional": True,
    "certificate_revoked_on": None,
    "project_code": "P1",
    "counted_projects": [],
    "days": {"class_start": "2026-05-01", "issue": "2026-05-20", "application": "2026-06-01"},
    "enterprise_credit_code": "91310115MA1K4XY10X",
    **{
        f"enterprise_at_{day}": {
            "credit_code": "91310115MA1K4XY10X",
            "name": "上海申创科技有限公司",
            "registered_on": "2025-10-16",
            "province_code": "31",
            "status": "active",
            "roles": ["legal_representative"],
            "shareholding_percent": None,
        }
        for day in ("reference", "application")
    },
    "account": {"kind": "social_security_card", "available": True, "own_name": True, "reason": None},
}
AMOUNT_FEN = 180_000
PAYEE = "t1:" + "x" * 120


class Account(BaseModel):
    """The account a person asks to be paid to."""

    kind: Literal["social_security_card"]


class ClaimIn(BaseModel):
    """An application."""

    certificate_id: UUID
    enterprise_credit_code: str
    account: Account


class ClaimOut(BaseModel):
    """A claim as the peers show it: the fields of ours."""

    id: UUID
    certificate_id: UUID
    certificate_number: str
    state: str
    version: int
    holder: str
    institution_name: str
    district: str
    project_code: str
    project_name: str
    enterprise_credit_code: str
    enterprise_name: str
    channel: str
    account_kind: str
    account: str
    account_reason: str | None
    amount_fen: int
    submitted_at: datetime
    notice_last_day: date | None
    decision_reason: str | None
