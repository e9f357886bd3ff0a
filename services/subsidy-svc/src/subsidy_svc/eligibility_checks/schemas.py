"""What the API takes and shows of an eligibility check."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from chuangpei.fields import CreditCodeText
from chuangpei.web import FindingView
from pydantic import BaseModel, ConfigDict, Field

from subsidy_svc.claims.schemas import AccountBody, CardAccount, OtherAccount


class EligibilityCheckBody(AccountBody):
    """What a person would apply with (预审信息); without an account, the social-security card's is looked at.

    ``role`` is what the person takes their role to be: the registry's word decides, and a difference is told.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "certificate_id": "0199f4d2-7c1e-7b30-9a55-1f6a54f0c001",
                    "enterprise_credit_code": "91310115MA1K4XY10Y",
                    "role": "legal_representative",
                }
            ]
        }
    )

    certificate_id: UUID
    enterprise_credit_code: CreditCodeText
    role: Literal["legal_representative", "person_in_charge", "shareholding_partner"] | None = None
    account: Annotated[CardAccount | OtherAccount, Field(discriminator="kind")] = CardAccount(
        kind="social_security_card"
    )


class MissingView(BaseModel):
    """A condition that is not met, and what can be done about it (缺少的条件)."""

    rule: str
    article: str
    zh: str
    en: str


class EligibilityCheckView(BaseModel):
    """What would be decided today (预审结论). ``days_left`` counts today; 0 outside the window.

    ``role_is_registered`` is null where no role was given. Nothing is promised: an application is decided
    by what holds on its own day.
    """

    certificate_id: UUID
    checked_on: date
    policy_version: str
    eligible: bool
    amount_fen: int
    last_day: date
    last_day_provisional: bool
    days_left: int
    findings: list[FindingView]
    missing: list[MissingView]
    role_is_registered: bool | None
