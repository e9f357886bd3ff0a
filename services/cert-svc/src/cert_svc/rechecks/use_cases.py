"""What is done with re-checks: give to somebody, check, close, amend the conclusion (C05)."""

from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.events.cert import EvaluationRecheckDiffers
from chuangpei.kernel.refusals import Refusal, failed
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_FOUND, PRECONDITION_FAILED

from cert_svc.evaluations import repository as evaluations
from cert_svc.evaluations.evaluation import Evaluation
from cert_svc.evaluations.schemas import ScoreBody
from cert_svc.evaluations.scoring import measured, unfit
from cert_svc.evaluators.repository import is_of
from cert_svc.people import sealed
from cert_svc.policy.passing import decide_result
from cert_svc.policy.rechecks import CheckerFacts, decide_checker
from cert_svc.problems import NOT_THE_CHECKER, REFUSED_BY_RULE
from cert_svc.rechecks import repository
from cert_svc.rechecks.lifecycle import State
from cert_svc.rechecks.recheck import Recheck
from cert_svc.rechecks.schemas import Assignment, ConclusionAmendment
from cert_svc.service import Service


async def assign(
    tx: Transaction,
    service: Service,
    principal: Principal,
    recheck_id: UUID,
    version: int,
    wanted: Assignment,
) -> Recheck | Refusal:
    """Gives it to an officer or expert by real name, who took no part in the evaluation (分派; C04, C05)."""
    recheck = await _taken(tx, principal, recheck_id, version)
    if isinstance(recheck, Refusal):
        return recheck
    before, checker = recheck.state, sealed(service.privacy, wanted.name, wanted.id_number)
    if refusal := await _kept_away(tx, service, recheck, checker.person_key) or recheck.assign(checker):
        return refusal
    await repository.save(tx, recheck)
    await _recorded(tx, service, principal, recheck, "assign_recheck", before)
    return recheck


async def check(
    tx: Transaction,
    service: Service,
    principal: Principal,
    recheck_id: UUID,
    version: int,
    given: ScoreBody,
) -> Recheck | Refusal:
    """Gives points without sight of the score, by whom it was given to (复核; C05, T05)."""
    recheck = await _taken(tx, principal, recheck_id, version)
    if isinstance(recheck, Refusal):
        return recheck
    if recheck.checker is None or recheck.checker.person_key != principal.person_key:
        return Refusal(NOT_THE_CHECKER)
    evaluation = await _evaluation(tx, recheck)
    if errors := unfit(evaluation.rubric, given.points):
        return Refusal(INVALID_INPUT, errors=errors)
    refusal = await _kept_away(
        tx, service, recheck, recheck.checker.person_key, credit_code=principal.credit_code
    )
    if refusal:
        return refusal
    before = recheck.state
    whole, part_points = measured(evaluation.rubric, given.points)
    refusal = recheck.take_check(
        whole,
        part_points,
        given.comment,
        passed=not failed(decide_result(evaluation.rubric, whole, part_points)),
        by=principal.subject,
        at=service.clock.now(),
    )
    if refusal:
        return refusal
    await repository.save(tx, recheck)
    await _recorded(tx, service, principal, recheck, "check_recheck", before)
    return recheck


async def close(
    tx: Transaction, service: Service, principal: Principal, recheck_id: UUID, version: int, conclusion: str
) -> Recheck | Refusal:
    """The district concludes; one that differs is told, for the city centre to look into (办结; C05)."""
    recheck = await _taken(tx, principal, recheck_id, version)
    if isinstance(recheck, Refusal):
        return recheck
    before, at = recheck.state, service.clock.now()
    if refusal := recheck.close(conclusion, principal.subject, at):
        return refusal
    await repository.save(tx, recheck)
    await _recorded(tx, service, principal, recheck, "close_recheck", before, reason=conclusion)
    if recheck.check is not None and not recheck.check.agrees:
        await emit(tx, _differs(recheck, await _evaluation(tx, recheck)), at)
    return recheck


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    recheck_id: UUID,
    version: int,
    amendment: ConclusionAmendment,
) -> Recheck | Refusal:
    """Changes what the district concluded, with the reason (更正; C05)."""
    recheck = await _taken(tx, principal, recheck_id, version)
    if isinstance(recheck, Refusal):
        return recheck
    before = recheck.closing.conclusion if recheck.closing else None
    if refusal := recheck.amend(amendment.conclusion):
        return refusal
    kept = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="recheck",
        object_id=recheck.id,
        reason=amendment.reason,
        before={"conclusion": before},
        after={"conclusion": amendment.conclusion},
    )
    if not kept:
        return Refusal(NOTHING_AMENDED)
    await repository.save(tx, recheck)
    return recheck


async def _taken(tx: Transaction, principal: Principal, recheck_id: UUID, version: int) -> Recheck | Refusal:
    row = await repository.load_for_update(tx, recheck_id, principal)
    if row is None:
        return Refusal(NOT_FOUND)
    return repository.recheck_of(row) if row["version"] == version else Refusal(PRECONDITION_FAILED)


async def _evaluation(tx: Transaction, recheck: Recheck) -> Evaluation:
    evaluation = await evaluations.load_for_update(tx, recheck.evaluation_id)
    assert evaluation is not None, "a re-check has its evaluation"
    return evaluation


async def _kept_away(
    tx: Transaction, service: Service, recheck: Recheck, person_key: str, credit_code: str | None = None
) -> Refusal | None:
    """Whoever is not independent of the evaluation does not check it (C04, C05)."""
    evaluation = await _evaluation(tx, recheck)
    completion, body_id = evaluation.completion, recheck.body_id
    handled = (evaluation.score, evaluation.confirmation, *evaluation.blind_scores)
    findings = decide_checker(
        CheckerFacts(
            is_of_the_institution=credit_code == completion.institution.credit_code,
            is_trainee=person_key == completion.person.person_key,
            taught_the_class=person_key in completion.instructor_keys,
            took_part=any(person_key == one.by.person_key for one in handled if one),
            is_of_the_body=body_id is not None
            and await is_of(tx, person_key, body_id, service.clock.today()),
        )
    )
    return Refusal(REFUSED_BY_RULE, findings=findings) if failed(findings) else None


def _differs(recheck: Recheck, evaluation: Evaluation) -> EvaluationRecheckDiffers:
    assert recheck.check is not None, "it was checked"
    completion = evaluation.completion
    return EvaluationRecheckDiffers(
        recheck_id=recheck.id,
        evaluation_id=evaluation.id,
        enrolment_id=completion.enrolment_id,
        institution=completion.institution,
        project=completion.project,
        body_id=recheck.body_id,
        evaluated_on=recheck.evaluated_on,
        original_points=recheck.original_points,
        original_passed=recheck.original_passed,
        points=recheck.check.points,
        passed=recheck.check.passed,
    )


async def _recorded(
    tx: Transaction,
    service: Service,
    principal: Principal,
    recheck: Recheck,
    action: str,
    before: State,
    *,
    reason: str | None = None,
) -> None:
    check = recheck.check
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="recheck",
        object_id=recheck.id,
        from_state=before,
        to_state=recheck.state,
        reason=reason,
        details={
            "evaluation": str(recheck.evaluation_id),
            "points": check.points if check else None,
            "agrees": check.agrees if check else None,
        },
    )
