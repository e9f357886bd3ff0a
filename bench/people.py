"""Citizens with claim windows, and the claims they send."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import asyncpg
from chuangpei.auth import Role
from chuangpei.development import DevelopmentIssuer
from chuangpei.kernel.clock import SystemClock
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.resident_id import make_resident_id
from chuangpei.privacy import Privacy

from bench.load import request
from bench.registries import FIRM

PROJECTS = ("P1", "P2", "P3")
DISTRICT = "310115"
_BORN = date(1960, 1, 1)
_COLUMNS = (
    "certificate_id",
    "certificate_number",
    "person_key",
    "masked_name",
    "name_encrypted",
    "id_number_encrypted",
    "institution_credit_code",
    "institution_name",
    "district",
    "project_code",
    "project_name",
    "class_id",
    "class_started_on",
    "evaluated_on",
    "issued_on",
    "last_day",
    "last_day_provisional",
)


@dataclass(frozen=True, slots=True)
class Citizen:
    """One person with a window for each project."""

    token: str
    person_key: str
    certificates: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """One claim that a citizen is going to send."""

    citizen: Citizen
    certificate: UUID

    def request(self, path: str) -> bytes:
        """The request; the peers read the person from a header, ours from the token."""
        body = {
            "certificate_id": str(self.certificate),
            "enterprise_credit_code": FIRM,
            "account": {"kind": "social_security_card"},
        }
        headers = {
            "authorization": f"Bearer {self.citizen.token}",
            "x-person": self.citizen.person_key,
            "idempotency-key": new_id().hex,
        }
        return request("POST", path, headers, json.dumps(body).encode())


def wishes(citizens: Sequence[Citizen]) -> list[Wish]:
    """Every claim there can be: the first of each citizen, then the second of each, then the third."""
    return [
        Wish(citizen, citizen.certificates[turn]) for turn in range(len(PROJECTS)) for citizen in citizens
    ]


def id_numbers(count: int, born: date = _BORN) -> Iterator[str]:
    """Well-formed numbers of different people."""
    for number in range(count):
        yield make_resident_id("310101", born + timedelta(days=number // 1000), number % 1000)


async def citizens(dsn: str, privacy: Privacy, issuer: DevelopmentIssuer, count: int) -> list[Citizen]:
    """As many citizens, each with a token and three open windows in the database."""
    found, rows = [], []
    today = SystemClock().today()
    for number in id_numbers(count):
        person_key = privacy.person_key(number)
        certificates = tuple(new_id() for _ in PROJECTS)
        name = privacy.in_events.encrypt("张三丰", "event.name")
        sealed = privacy.in_events.encrypt(number, "event.id_number")
        for certificate, project in zip(certificates, PROJECTS, strict=True):
            rows.append(_window(certificate, person_key, name, sealed, project, today))
        token = issuer.token(Role.CITIZEN, subject=person_key[:24], id_number=number, seconds=36_000)
        found.append(Citizen(token, person_key, certificates))
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await connection.copy_records_to_table("windows", records=rows, columns=_COLUMNS, timeout=300)
        await connection.execute("VACUUM (ANALYZE) windows", timeout=300)
    finally:
        await connection.close(timeout=10)
    return found


def _window(
    certificate: UUID, person_key: str, name: str, sealed: str, project: str, today: date
) -> tuple[object, ...]:
    issued = today - timedelta(days=20)
    return (
        certificate,
        f"SH{certificate.hex[-16:].upper()}",
        person_key,
        "张**",
        name,
        sealed,
        "52310115MJ8888888X",
        "浦东创业学院",
        DISTRICT,
        project,
        f"项目{project}",
        new_id(),
        issued - timedelta(days=30),
        issued - timedelta(days=1),
        issued,
        today + timedelta(days=300),
        False,
    )
