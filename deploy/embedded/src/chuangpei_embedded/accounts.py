"""The demonstration accounts: officers who are always there. Their id numbers are made up."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from chuangpei.kernel.resident_id import make_resident_id

DISTRICT = "310115"
"""浦东新区, where the first story plays."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who a token can be made for; the fields are those of ``POST /dev/token``."""

    role: str
    subject: str
    name: str
    title: str
    district: str | None = None
    credit_code: str | None = None
    id_number: str | None = None

    def wish(self) -> dict[str, str]:
        """The body of ``POST /dev/token`` that gives this account's token."""
        fields = ("role", "subject", "name", "district", "credit_code", "id_number")
        return {field: value for field in fields if (value := getattr(self, field)) is not None}

    def command(self) -> str:
        """The ``make token`` that prints this account's token."""
        return "make token " + " ".join(f"{field.upper()}={value}" for field, value in self.wish().items())


def officer(role: str, order: int, name: str, title: str, district: str | None = None) -> Account:
    """An officer's or evaluator's account; ``order`` makes the person, 0 to 999."""
    place = f"-{district}" if district else ""
    return Account(
        role=role,
        subject=f"{role}{place}-{order}",
        name=name,
        title=title,
        district=district,
        id_number=make_resident_id("310101", date(1985, 6, 1), order),
    )


class Officers(NamedTuple):
    """Three officers of one district: who accepts, who approves and who releases the batch (D05)."""

    accepts: Account
    approves: Account
    pays: Account


def officers_of(district: str) -> Officers:
    """The officers of a district."""
    return Officers(
        officer("district_officer", 1, "李受理", "区·受理 District officer, accepts", district),
        officer("district_officer", 2, "周审核", "区·审核 District officer, approves", district),
        officer("district_officer", 3, "吴支付", "区·支付 District officer, pays", district),
    )


CITY_CENTRE = officer("city_centre", 11, "陈中心", "市就业促进中心 City centre")
CITY_BUREAU = officer("city_bureau", 12, "郑市局", "市人社局 City bureau")
EVALUATOR_WHO_SCORES = officer("evaluator", 13, "王评分", "评价员·评分 Evaluator, scores")
EVALUATOR_WHO_CONFIRMS = officer("evaluator", 14, "冯复核", "评价员·复核 Evaluator, confirms")
AUDITOR = officer("auditor", 15, "褚审计", "审计 Auditor")

DEMO_ACCOUNTS = (
    CITY_CENTRE,
    CITY_BUREAU,
    *officers_of(DISTRICT),
    EVALUATOR_WHO_SCORES,
    EVALUATOR_WHO_CONFIRMS,
    AUDITOR,
)
