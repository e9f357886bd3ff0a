"""``cert.class_500`` and ``cert.issue``: a class confirmed and certified as one job, and one certificate."""

import gc
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

import cert_svc.app
from cert_svc.completions.use_cases import complete
from cert_svc.confirmations.schemas import NewConfirmation
from cert_svc.confirmations.use_cases import ask
from cert_svc.confirmations.work import work_on_confirmations
from cert_svc.evaluation_bodies.schemas import NewBody
from cert_svc.evaluation_bodies.use_cases import choose
from cert_svc.evaluations.tables import evaluations
from cert_svc.evaluations.use_cases import confirm, score
from cert_svc.evaluators.schemas import NewEvaluator
from cert_svc.evaluators.use_cases import add
from cert_svc.service import Service
from chuangpei.auth import Principal, Role
from chuangpei.database import Statement
from chuangpei.errors import accepted
from chuangpei.events.base import InstitutionRef, PersonRef, ProjectRef
from chuangpei.events.training import TrainingCompleted
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.resident_id import make_resident_id
from sqlalchemy import select

from bench import ours as our_services
from bench.ground import Ground, Server, serving
from bench.load import drive, request
from bench.measure import Row, Target, in_turn

TRAINEES = 500
_ROUNDS = 3
_ISSUED = 100
_WARM_UP = 20
_SLOW = 300.0
_SCORED_VERSION = 2
"""The version of an evaluation that was scored once."""
_DAY = date(2026, 5, 20)
_BORN = date(1990, 1, 1)
_SCORER, _CONFIRMER = (make_resident_id("310101", _BORN, number) for number in (1, 2))
_OPEN = Statement(select(evaluations.c.id).where(evaluations.c.state == "open").order_by(evaluations.c.id))


async def rows(ground: Ground) -> AsyncIterator[Row]:
    """Classes take turns: one as a job, one by requests sent one after the other."""
    dsn = await ground.database("bench_class", cert_svc.app.MIGRATIONS)
    bus = await ground.bus_url()
    async with (
        _opened(our_services.cert_service(dsn, bus, str(ground.key_file))) as service,
        serving("bench.ours:cert", dsn=dsn, bus=bus, key_file=str(ground.key_file)) as server,
    ):
        await _choose_body(service)
        token = ground.issuer.token(Role.EVALUATOR, subject="confirmer", id_number=_CONFIRMER)
        number = _WARM_UP

        async def as_a_job() -> float:
            class_id, _ = await _scored_class(service, number)
            return await _job_seconds(service, class_id, number)

        async def one_by_one() -> float:
            _, ids = await _scored_class(service, number)
            return await _seconds_one_by_one(server, token, ids)

        await in_turn(as_a_job, one_by_one, 1)
        number = TRAINEES
        pairs = await in_turn(as_a_job, one_by_one, _ROUNDS)
        yield pairs.row(
            "cert.class_500",
            "s",
            Target("at most", 1.0),
            "the same confirmations, each a request, one after the other on one connection",
            f"{TRAINEES} scored evaluations confirmed, certified and signed;"
            " 25 a transaction in ours, 1 in the peer's",
        )
        yield await _issuing(service, ground.scale.rounds)


async def _issuing(service: Service, rounds: int) -> Row:
    """One certificate a transaction: decided, numbered, signed, encrypted, told; the peer has but the SQL."""
    ids = (await _scored_class(service, 2 * _ISSUED * (rounds + 1)))[1]
    turns = iter([ids[start : start + _ISSUED] for start in range(0, len(ids), _ISSUED)])
    confirmer = _evaluator(service, "confirmer", _CONFIRMER)

    async def ours() -> float:
        turn = next(turns)
        gc.collect()
        begun = time.perf_counter()
        for one in turn:
            async with service.database.transaction() as tx:
                _, certificate = accepted(await confirm(tx, service, confirmer, one, _SCORED_VERSION))
                assert certificate is not None
        return _ISSUED / (time.perf_counter() - begun)

    async def peer() -> float:
        made = [await _statements(service, confirmer, one) for one in next(turns)]
        gc.collect()
        begun = time.perf_counter()
        for statements in made:
            async with service.database.transaction() as tx:
                for sql, values in statements:
                    await tx.connection.fetch(sql, *values)
        return _ISSUED / (time.perf_counter() - begun)

    await in_turn(ours, peer, 1)
    pairs = await in_turn(ours, peer, rounds)
    return pairs.row(
        "cert.issue",
        "certificates/s",
        Target("at least", 0.6),
        "the same statements with the same values, replayed by asyncpg: no rules, encryption or signature",
        "a score confirmed and its certificate issued, each in a transaction of its own, one after the other"
        " on one connection, in process",
    )


async def _statements(
    service: Service, confirmer: Principal, evaluation_id: UUID
) -> list[tuple[str, tuple[Any, ...]]]:
    """What issuing asks of PostgreSQL, written down while it is done and then undone."""
    found: list[tuple[str, tuple[Any, ...]]] = []

    def write_down(query: Any) -> None:
        found.append((query.query, tuple(query.args)))

    async with service.database.transaction() as tx:
        undone = tx.connection.transaction()
        await undone.start()
        with tx.connection.query_logger(write_down):
            accepted(await confirm(tx, service, confirmer, evaluation_id, _SCORED_VERSION))
        await undone.rollback()
    return found


async def _job_seconds(service: Service, class_id: UUID, number: int) -> float:
    confirmer = _evaluator(service, "confirmer", _CONFIRMER)
    begun = time.perf_counter()
    async with service.database.transaction() as tx:
        accepted(await ask(tx, service, confirmer, NewConfirmation(class_id=class_id)))
    while await work_on_confirmations(service):
        pass
    seconds = time.perf_counter() - begun
    async with service.database.transaction() as tx:
        confirmed = await tx.connection.fetchval(
            "SELECT confirmed FROM confirmation_jobs WHERE class_id = $1", class_id
        )
    assert confirmed == number, f"only {confirmed} were confirmed"
    return seconds


async def _seconds_one_by_one(server: Server, token: str, ids: Sequence[UUID]) -> float:
    headers = {"authorization": f"Bearer {token}", "if-match": f'"{_SCORED_VERSION}"'}
    requests = [request("POST", f"/cert/v1/evaluations/{one}/confirm", headers) for one in ids]
    found = await drive(server.port, requests, connections=1, seconds=_SLOW)
    return len(ids) / found.per_second


@asynccontextmanager
async def _opened(service: Service) -> AsyncIterator[Service]:
    await service.database.open()
    try:
        yield service
    finally:
        await service.database.close()


async def _choose_body(service: Service) -> None:
    """A body that evaluates every project, with a scorer and a confirmer."""
    centre = Principal("centre", Role.CITY_CENTRE)
    wanted = NewBody(
        credit_code="52310000MJ4900002N",
        name="上海示例评价中心",
        first_day=date(2020, 1, 1),
        last_day=date(2099, 12, 31),
    )
    async with service.database.transaction() as tx:
        body = accepted(await choose(tx, service, centre, wanted))
        for id_number in (_SCORER, _CONFIRMER):
            evaluator = NewEvaluator(name="王评分", id_number=id_number)
            accepted(await add(tx, service, centre, body.id, evaluator))


async def _scored_class(service: Service, number: int) -> tuple[UUID, list[UUID]]:
    """A class whose trainees all completed and were all scored."""
    class_id, scorer = new_id(), _evaluator(service, "scorer", _SCORER)
    async with service.database.transaction() as tx:
        for place in range(number):
            await complete(tx, service, _completion(service, class_id, place))
        ids = [row["id"] for row in await tx.rows(_OPEN, {})]
        for evaluation_id in ids:
            accepted(await score(tx, service, scorer, evaluation_id, 1, points=80, comment=""))
    return class_id, ids


def _evaluator(service: Service, subject: str, id_number: str) -> Principal:
    return Principal(subject, Role.EVALUATOR, person_key=service.privacy.person_key(id_number))


def _completion(service: Service, class_id: UUID, place: int) -> TrainingCompleted:
    number = make_resident_id("310101", date(1970 + place // 300, 1, 1), place % 300)
    privacy = service.privacy
    return TrainingCompleted(
        enrolment_id=new_id(),
        class_id=class_id,
        institution=InstitutionRef(credit_code="91310115MA1K12345X", name="浦东创业学院", district="310115"),
        project=ProjectRef(code="P3", name="创业初创期培训", stage=3),
        person=PersonRef(
            person_key=privacy.person_key(number),
            masked_name="张*",
            name_encrypted=privacy.in_events.encrypt("张三丰", "event.name"),
            id_number_encrypted=privacy.in_events.encrypt(number, "event.id_number"),
        ),
        standard_version="2026-1",
        class_started_on=date(2026, 5, 1),
        class_ended_on=_DAY,
        completed_on=_DAY,
        sessions_attended=10,
        sessions_held=10,
        instructor_keys=(),
    )
