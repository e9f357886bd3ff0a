"""The work on confirmation jobs (C02, C04): some evaluations a transaction, taken up again where it was left.

A stretch commits its confirmations, certificates and outcomes together, so that a crash in between loses
nothing and confirms nothing twice. Stretches of different jobs take turns.
"""

import logging
from typing import Any

from chuangpei.audit import record
from chuangpei.auth import SYSTEM
from chuangpei.database import Row, Transaction, is_worth_retrying
from chuangpei.kernel.refusals import Refusal, failed
from chuangpei.problems import INTERNAL
from chuangpei.web import finding_view

from cert_svc.confirmations import repository
from cert_svc.confirmations.job import Job, Outcome
from cert_svc.confirmations.lifecycle import State
from cert_svc.evaluations.use_cases import confirm
from cert_svc.service import Service

log = logging.getLogger(__name__)

CONFIRMED_AT_ONCE = 25


async def work_on_confirmations(service: Service) -> int:
    """Does the next stretch of the job that waits longest; 0 where none is due."""
    async with service.database.transaction() as tx:
        job = await repository.next_due(tx, service.clock.now())
        if job is None:
            return 0
        before = job.state
        job.take_up(service.clock.now())
        refusals = [
            await _settled(tx, service, job, line)
            for line in await repository.waiting(tx, job.id, CONFIRMED_AT_ONCE)
        ]
        refused = sum(refusal is not None for refusal in refusals)
        job.count(len(refusals) - refused, refused, service.clock.now())
        await repository.save(tx, job)
        await _recorded(tx, service, job, before)
    return 1


async def _settled(tx: Transaction, service: Service, job: Job, line: Row) -> Refusal | None:
    """Confirms one evaluation in the confirmer's name, or keeps every reason why not."""
    refusal = await _confirmed(tx, service, job, line)
    outcome = Outcome.CONFIRMED if refusal is None else Outcome.REFUSED
    kept = None if refusal is None else _kept(refusal)
    await repository.settle(tx, line["id"], outcome, service.clock.now(), kept)
    return refusal


async def _confirmed(tx: Transaction, service: Service, job: Job, line: Row) -> Refusal | None:
    evaluation_id = line["evaluation_id"]
    try:
        async with tx.savepoint():
            result = await confirm(tx, service, job.confirmer, evaluation_id, line["evaluation_version"])
    except Exception as error:
        if is_worth_retrying(error):
            raise
        log.exception("confirming evaluation %s failed", evaluation_id)
        return Refusal(INTERNAL)
    return result if isinstance(result, Refusal) else None


def _kept(refusal: Refusal) -> dict[str, Any]:
    problem = refusal.problem
    return {
        "code": problem.code,
        **problem.title._asdict(),
        "findings": [finding_view(one).model_dump() for one in failed(refusal.findings)],
    }


async def _recorded(tx: Transaction, service: Service, job: Job, before: State) -> None:
    if job.state is not State.DONE:
        return
    await record(
        tx,
        SYSTEM,
        at=service.clock.now(),
        action="end_confirmation",
        object_type="confirmation",
        object_id=job.id,
        from_state=before,
        to_state=job.state,
        details={"confirmed": job.confirmed, "refused": job.refused},
    )
