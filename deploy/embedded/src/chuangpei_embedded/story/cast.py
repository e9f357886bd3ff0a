"""Who plays: an institution and its trainees, made up anew for each telling from one seed."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from chuangpei.kernel.credit_code import make_credit_code
from chuangpei.kernel.districts import DISTRICTS
from chuangpei.kernel.resident_id import make_resident_id
from stdnum import luhn

from chuangpei_embedded.accounts import DISTRICT, Account

TRAINEES = 20
OWNS_AN_OLD_FIRM = 6
"""The trainee whose enterprise is older than three years (S01)."""
_FAMILY_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_GIVEN_NAMES = "明华丽敏静磊洋艳勇娟涛超霞平刚桂芳玲宁波"
_CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up trainee who is the legal representative of an enterprise of their own."""

    name: str
    id_number: str
    phone: str
    enterprise_credit_code: str
    enterprise_name: str
    enterprise_registered_on: date
    bank: str
    account_number: str

    def account(self) -> Account:
        """The account under which the person signs in."""
        return Account(
            role="citizen",
            subject=f"citizen-{self.id_number}",
            name=self.name,
            title="学员 Trainee",
            id_number=self.id_number,
        )


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody of one telling but the officers."""

    seed: int
    district: str
    credit_code: str
    institution_name: str
    project_code: str
    instructor_name: str
    instructor_id_number: str
    rival_credit_code: str
    rival_name: str
    trainees: tuple[Person, ...]

    def institution(self) -> Account:
        """The account under which the institution signs in."""
        return _institution(self.credit_code, self.institution_name, self.district)

    def rival(self) -> Account:
        """The account of another institution of the district, which wins the next round."""
        return _institution(self.rival_credit_code, self.rival_name, self.district)


def _institution(credit_code: str, name: str, district: str) -> Account:
    return Account(
        role="institution",
        subject=f"institution-{credit_code}",
        name=name,
        title="培训机构 Institution",
        district=district,
        credit_code=credit_code,
    )


def cast_of(seed: int, first_day: date) -> Cast:
    """The cast of a seed; seed 0 plays in Pudong. ``first_day`` is the story's, for the enterprises' ages."""
    random = Random(seed)  # noqa: S311  # a story, no secret
    district = random.choice(list(DISTRICTS)) if seed else DISTRICT
    mark = f"{random.randrange(16**6):06X}"
    return Cast(
        seed=seed,
        district=district,
        credit_code=_credit_code(random, "52", district),
        institution_name=f"上海启程{mark}职业技能培训学校",
        project_code=f"CY3-{mark}",
        instructor_name="孔讲师",
        instructor_id_number=_resident_id(random),
        rival_credit_code=_credit_code(random, "52", district),
        rival_name=f"上海远航{mark}职业技能培训学校",
        trainees=tuple(_person(random, order, first_day) for order in range(TRAINEES)),
    )


def _person(random: Random, order: int, first_day: date) -> Person:
    family = _FAMILY_NAMES[order % len(_FAMILY_NAMES)]
    body = "622848" + "".join(random.choices("0123456789", k=12))
    return Person(
        name=family + "".join(random.sample(_GIVEN_NAMES, 2)),
        id_number=_resident_id(random),
        phone="13" + "".join(random.choices("0123456789", k=9)),
        enterprise_credit_code=_credit_code(random, "91", random.choice(list(DISTRICTS))),
        enterprise_name=f"上海{family}氏创业{random.randrange(10_000):04}有限公司",
        enterprise_registered_on=first_day - timedelta(days=_age_of_firm(order)),
        bank="中国农业银行上海市分行",
        account_number=body + luhn.calc_check_digit(body),
    )


def _age_of_firm(order: int) -> int:
    return 1200 if order == OWNS_AN_OLD_FIRM else 90 + 30 * order


def _credit_code(random: Random, kind: str, region: str) -> str:
    return make_credit_code(f"{kind}{region}MA" + "".join(random.choices(_CODE_CHARACTERS, k=7)))


def _resident_id(random: Random) -> str:
    birth = date(1970, 1, 1) + timedelta(days=random.randrange(11_000))
    return make_resident_id("310101", birth, random.randrange(100, 1000))
