"""What a completed training sets off, and what it does when the completion is taken back."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import SYSTEM
from chuangpei.consumer import NotYet
from chuangpei.database import Row, Transaction
from chuangpei.events.cert import CertificateKind
from chuangpei.events.training import CompletionRevoked, RevocationGround, TrainingCompleted

from cert_svc.certificates.repository import passed_evaluation
from cert_svc.certificates.use_cases import issue, revoke_valid
from cert_svc.completions import repository
from cert_svc.completions.completion import Completion
from cert_svc.evaluations.use_cases import open_first
from cert_svc.evaluations.voiding import open_anew, void_undecided
from cert_svc.norms import repository as norms
from cert_svc.people import received
from cert_svc.policy.parameters import Parameters
from cert_svc.policy.rubric import Rubric
from cert_svc.policy.rules import EVALUATED_STAGE, completion_kind
from cert_svc.service import Service

_QUALIFICATION: CertificateKind = "training_qualification"
_REASON = "completion_revoked"
_NOTES: Mapping[RevocationGround, str] = MappingProxyType(
    {
        "attendance_corrected": "考勤更正后未达到结业要求，结业认定已撤销",
        "officer_decision": "经区复核结业认定有误，已撤销",
    }
)


async def complete(tx: Transaction, service: Service, event: TrainingCompleted) -> None:
    """Issues the certificate of completion and opens the evaluation of stage 3, once each (C01, C02, C03).

    A training that was taken back and is completed again gets its certificates anew; the result of its
    evaluation stands, and one that was voided opens again.

    Raises ``NoLawInForce`` when the class began and was completed outside the dates of the law (O06): the
    message then waits as a dead letter until the law of that day is known. Raises ``NotYet`` where the norm
    that the class cites has not arrived (T05).
    """
    parameters = service.law.parameters_of(
        class_started_on=event.class_started_on, completed_on=event.completed_on
    )
    completion = _completion(service, event)
    is_first = await repository.add(tx, completion, service.clock.now())
    if not is_first and not await _completed_again(tx, service, completion):
        return
    await issue(tx, service, SYSTEM, completion, completion_kind(completion.project.stage))
    if completion.project.stage != EVALUATED_STAGE:
        return
    if is_first:
        await open_first(tx, service, completion, await _rubric(tx, event, parameters))
    elif evaluated := await passed_evaluation(tx, completion.enrolment_id):
        await issue(tx, service, SYSTEM, completion, _QUALIFICATION, evaluated)
    else:
        await open_anew(tx, service, completion.enrolment_id, _REASON)


async def take_back(tx: Transaction, service: Service, event: CompletionRevoked) -> None:
    """Revokes the certificates that rest on a completion that was taken back, once (C01, C02, C03, D09).

    An evaluation without a result is void; one with a result stands. Raises ``NotYet`` where the completion
    has not arrived.
    """
    row = await repository.load_for_update(tx, event.enrolment_id)
    if row is None or row["completed_on"] < event.completed_on:
        raise NotYet(f"the completion of {event.enrolment_id} is not known")
    if row["revoked_on"] is not None or row["completed_on"] > event.completed_on:
        return
    await repository.revoke(tx, event.enrolment_id, event.revoked_on, event.ground)
    await _record(tx, service, event.enrolment_id, "revoke_completion", _counted(row), event.ground)
    note = _NOTES[event.ground]
    await void_undecided(tx, service, event.enrolment_id, _REASON, note)
    # The first lock keeps a pass from being confirmed meanwhile; what was confirmed before is then seen.
    for kind in (completion_kind(row["stage"]), _QUALIFICATION):
        await revoke_valid(tx, service, event.enrolment_id, kind, _REASON, note)


async def _completed_again(tx: Transaction, service: Service, completion: Completion) -> bool:
    before = await repository.load_for_update(tx, completion.enrolment_id)
    assert before is not None, "completions are never deleted"
    if not await repository.complete_again(tx, completion, service.clock.now()):
        return False
    await _record(tx, service, completion.enrolment_id, "complete_again", _counted(before))
    return True


async def _record(
    tx: Transaction,
    service: Service,
    enrolment_id: UUID,
    action: str,
    before: Mapping[str, Any],
    reason: str | None = None,
) -> None:
    await record(
        tx,
        SYSTEM,
        at=service.clock.now(),
        action=action,
        object_type="completion",
        object_id=enrolment_id,
        reason=reason,
        details={"before": dict(before)},
    )


def _counted(row: Row) -> dict[str, Any]:
    return {
        "completed_on": row["completed_on"].isoformat(),
        "sessions_attended": row["sessions_attended"],
        "sessions_held": row["sessions_held"],
    }


async def _rubric(tx: Transaction, event: TrainingCompleted, parameters: Parameters) -> Rubric:
    if event.norm_version is None:
        return Rubric.without_norm(parameters)
    rubric = await norms.cited(tx, event.project.code, event.norm_version, parameters)
    if rubric is None:
        raise NotYet(f"norm {event.norm_version} of {event.project.code} is not known")
    return rubric


def _completion(service: Service, event: TrainingCompleted) -> Completion:
    return Completion(
        enrolment_id=event.enrolment_id,
        class_id=event.class_id,
        institution=event.institution,
        project=event.project,
        person=received(service.privacy, event.person),
        standard_version=event.standard_version,
        class_started_on=event.class_started_on,
        class_ended_on=event.class_ended_on,
        completed_on=event.completed_on,
        sessions_attended=event.sessions_attended,
        sessions_held=event.sessions_held,
        instructor_keys=event.instructor_keys,
    )
