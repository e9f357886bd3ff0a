"""What every step of an evaluation needs: the evaluation locked, who acts, and its audit row."""

from datetime import datetime
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal, Role
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND, PRECONDITION_FAILED

from cert_svc.certificates import repository as certificates
from cert_svc.evaluations import repository
from cert_svc.evaluations.evaluation import Evaluation
from cert_svc.evaluations.lifecycle import State
from cert_svc.evaluations.records import Acting, Evaluator, Score
from cert_svc.evaluators.repository import office_of
from cert_svc.problems import REAL_NAME_REQUIRED
from cert_svc.service import Service


async def taken(
    tx: Transaction, service: Service, principal: Principal, evaluation_id: UUID, version: int
) -> tuple[Evaluation, Acting] | Refusal:
    """The locked evaluation in the version that was read, and who acts, by real name.

    Without one nobody could be kept from their own class, or from their own score.
    """
    if principal.person_key is None:
        return Refusal(REAL_NAME_REQUIRED)
    return await checked(tx, service, principal, await repository.load_for_update(tx, evaluation_id), version)


async def checked(
    tx: Transaction, service: Service, principal: Principal, evaluation: Evaluation | None, version: int
) -> tuple[Evaluation, Acting] | Refusal:
    """A locked evaluation in the version that was read, and who acts, also without a real name."""
    if evaluation is None:
        return Refusal(NOT_FOUND)
    if evaluation.version != version:
        return Refusal(PRECONDITION_FAILED)
    return evaluation, await _acting(tx, service, principal, evaluation)


async def _acting(tx: Transaction, service: Service, principal: Principal, evaluation: Evaluation) -> Acting:
    by = Evaluator(principal.subject, principal.person_key)
    if principal.role is Role.CITY_CENTRE:
        return Acting(by, None, frozenset(), for_the_centre=True)
    code, today = evaluation.completion.project.code, service.clock.today()
    office = await office_of(tx, principal.person_key, code, today) if principal.person_key else None
    codes = (office.credit_code if office else None, principal.credit_code)
    return Acting(
        by,
        office.body_id if office else None,
        frozenset(code for code in codes if code is not None),
    )


async def certificate_stands(tx: Transaction, evaluation: Evaluation) -> bool:
    """Whether the 培训结业证书 it rests on is valid, which lasts until the transaction ends."""
    return await certificates.training_certificate_stands(tx, evaluation.completion.enrolment_id)


async def recorded(
    tx: Transaction,
    principal: Principal,
    evaluation: Evaluation,
    action: str,
    before: State | None,
    *,
    at: datetime,
    given: Score | None = None,
    reason: str | None = None,
) -> None:
    """Writes the audit row of a step: who, when, from what, to what (全流程可追溯; C04).

    ``given`` is the score that the step gave or rests on.
    """
    await record(
        tx,
        principal,
        at=at,
        action=action,
        object_type="evaluation",
        object_id=evaluation.id,
        from_state=before,
        to_state=evaluation.state,
        reason=reason,
        details={
            "attempt": evaluation.attempt,
            "score": given.points if given else None,
            "parts": dict(given.part_points) if given and given.part_points else None,
            "pass_mark": evaluation.rubric.pass_mark,
            "body": str(evaluation.body_id) if evaluation.body_id else None,
            "passed": evaluation.confirmation.passed if evaluation.confirmation else None,
        },
    )
