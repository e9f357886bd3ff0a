"""What a completed training sets off: its certificate, and for stage 3 an evaluation."""

from chuangpei.auth import SYSTEM
from chuangpei.consumer import NotYet
from chuangpei.database import Transaction
from chuangpei.events.training import TrainingCompleted

from cert_svc.certificates.use_cases import issue
from cert_svc.completions import repository
from cert_svc.completions.completion import Completion
from cert_svc.evaluations.use_cases import open_first
from cert_svc.norms import repository as norms
from cert_svc.people import received
from cert_svc.policy.parameters import Parameters
from cert_svc.policy.rubric import Rubric
from cert_svc.policy.rules import EVALUATED_STAGE, completion_kind
from cert_svc.service import Service


async def complete(tx: Transaction, service: Service, event: TrainingCompleted) -> None:
    """Issues the certificate of completion and opens the evaluation of stage 3, once each (C01, C02, C03).

    Raises ``NoLawInForce`` when the class began and was completed outside the dates of the law (O06): the
    message then waits as a dead letter until the law of that day is known. Raises ``NotYet`` where the norm
    that the class cites has not arrived (T05).
    """
    parameters = service.law.parameters_of(
        class_started_on=event.class_started_on, completed_on=event.completed_on
    )
    completion = _completion(service, event)
    if not await repository.add(tx, completion, service.clock.now()):
        return
    await issue(tx, service, SYSTEM, completion, completion_kind(completion.project.stage))
    if completion.project.stage == EVALUATED_STAGE:
        await open_first(tx, service, completion, await _rubric(tx, event, parameters))


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
