"""What is done with confirmation jobs: ask for one. The rest is work (``work.py``)."""

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal

from cert_svc.confirmations import repository
from cert_svc.confirmations.job import Job
from cert_svc.confirmations.schemas import NewConfirmation
from cert_svc.evaluators.repository import body_of
from cert_svc.problems import NOTHING_TO_CONFIRM, REAL_NAME_REQUIRED, TOO_MANY_TO_CONFIRM
from cert_svc.service import Service

MOST_AT_ONCE = 500


async def ask(
    tx: Transaction, service: Service, principal: Principal, wanted: NewConfirmation
) -> Job | Refusal:
    """Asks that the evaluations scored by now be confirmed in the evaluator's name (批量确认; C02, C04)."""
    if principal.person_key is None:
        return Refusal(REAL_NAME_REQUIRED)
    now, today = service.clock.now(), service.clock.today()
    body_id = await body_of(tx, principal.person_key, today)
    if body_id is None:
        return Refusal(NOTHING_TO_CONFIRM)
    job = Job(
        id=new_id(),
        body_id=body_id,
        class_id=wanted.class_id,
        session_id=wanted.session_id,
        asked_at=now,
        asked_by=principal.subject,
        asked_by_key=principal.person_key,
        credit_code=principal.credit_code,
        total=0,
        due_at=now,
    )
    those = await repository.scored(tx, job, today, MOST_AT_ONCE + 1)
    if not those or len(those) > MOST_AT_ONCE:
        return Refusal(TOO_MANY_TO_CONFIRM if those else NOTHING_TO_CONFIRM)
    job.total = len(those)
    await repository.insert_new(tx, job, those)
    await record(
        tx,
        principal,
        at=now,
        action="ask_confirmation",
        object_type="confirmation",
        object_id=job.id,
        to_state=job.state,
        details=wanted.model_dump(mode="json") | {"total": job.total},
    )
    return job
