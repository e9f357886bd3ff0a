"""What is done with draws: make one (C05)."""

import secrets
from uuid import UUID

import asyncpg
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.lots import drawn_by_lot
from chuangpei.kernel.refusals import Refusal

from cert_svc.policy.rechecks import sample_size
from cert_svc.problems import DRAWN_MEANWHILE, NOTHING_TO_DRAW
from cert_svc.recheck_draws import repository
from cert_svc.recheck_draws.schemas import NewDraw
from cert_svc.rechecks import repository as rechecks
from cert_svc.service import Service

_SEED_BYTES = 16


async def draw(tx: Transaction, service: Service, principal: Principal, wanted: NewDraw) -> Row | Refusal:
    """Draws evaluations of the officer's district by a seed that nobody chooses (抽查; C05)."""
    asked = wanted.model_dump() | {"district": principal.district}
    population = await repository.population(tx, asked)
    if not population:
        return Refusal(NOTHING_TO_DRAW)
    size = sample_size(len(population), count=wanted.count, percent=wanted.percent)
    seed = secrets.token_hex(_SEED_BYTES)
    drawn = [UUID(key) for key in drawn_by_lot(map(str, population), seed, size)]
    own = {"id": new_id(), "drawn_at": service.clock.now(), "drawn_by": principal.subject}
    try:
        async with tx.savepoint():
            made = await repository.insert_new(
                tx, asked | own | {"seed": seed, "population": population, "drawn": drawn}
            )
            await rechecks.insert_drawn(tx, service.law, made["id"], drawn)
    except asyncpg.UniqueViolationError:
        return Refusal(DRAWN_MEANWHILE)
    await record(
        tx,
        principal,
        at=made["drawn_at"],
        action="draw_rechecks",
        object_type="recheck_draw",
        object_id=made["id"],
        details=wanted.model_dump(mode="json") | {"population": len(population), "drawn": len(drawn)},
    )
    return made
