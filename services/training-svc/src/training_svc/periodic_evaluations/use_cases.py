"""What is done with periodic evaluations (定期评估, O03): evaluate, amend."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_FOUND, PRECONDITION_FAILED

from training_svc.periodic_evaluations import repository
from training_svc.periodic_evaluations.schemas import AmendedEvaluation, NewEvaluation
from training_svc.policy.evaluation import Form, ObjectKind, form_of, grade, percent, score_errors
from training_svc.problems import EVALUATION_EXISTS, NO_LAW_IN_FORCE
from training_svc.service import Service
from training_svc.supervised import repository as supervised
from training_svc.visibility import scope_of

OBJECT_TYPE = "periodic_evaluation"
_NOT_BEGUN = FieldError(
    "/period_from", "in_the_future", Text("评估期尚未开始", "The period has not begun yet")
)


async def evaluate(
    tx: Transaction, service: Service, principal: Principal, body: NewEvaluation
) -> dict[str, Any] | Refusal:
    """Evaluates an object in the officer's reach by the form in force; once a period (O03)."""
    today = service.clock.today()
    found = await supervised.one(tx, body.object_kind, body.object_id, scope_of(principal))
    if found is None:
        return Refusal(NOT_FOUND)
    if not service.law.in_force.covers(today):
        return Refusal(NO_LAW_IN_FORCE)
    form = form_of(service.law, body.object_kind, today)
    errors = (*score_errors(form, body.scores), *((_NOT_BEGUN,) if body.period_from > today else ()))
    if errors:
        return Refusal(INVALID_INPUT, errors=errors)
    own = {
        "id": new_id(),
        "object_name": found.name,
        "institution_id": found.institution_id,
        "district": found.district,
        "form_version": form.version,
        "evaluated_on": today,
        "evaluated_by": principal.subject,
        "version": 1,
    }
    values = body.model_dump() | own | _result(form, body.scores)
    if not await repository.insert_new(tx, values):
        return Refusal(EVALUATION_EXISTS)
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action="evaluate",
        object_type=OBJECT_TYPE,
        object_id=values["id"],
        to_state=values["grade"],
    )
    return values


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    evaluation_id: UUID,
    version: int,
    body: AmendedEvaluation,
) -> Refusal | None:
    """Corrects points or comment by the form it was made by, with the reason (O03)."""
    row = await repository.load_for_update(tx, evaluation_id, scope_of(principal))
    if row is None:
        return Refusal(NOT_FOUND)
    if row["version"] != version:
        return Refusal(PRECONDITION_FAILED)
    form = form_of(service.law, ObjectKind(row["object_kind"]), row["evaluated_on"])
    scores = row["scores"] if body.scores is None else body.scores
    if errors := tuple(score_errors(form, scores)):
        return Refusal(INVALID_INPUT, errors=errors)
    after = {"scores": scores, "comment": body.comment or row["comment"]} | _result(form, scores)
    await repository.save(tx, evaluation_id, after | {"version": version + 1})
    told = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type=OBJECT_TYPE,
        object_id=evaluation_id,
        reason=body.reason,
        before={name: row[name] for name in after},
        after=after,
    )
    return None if told else Refusal(NOTHING_AMENDED)


def _result(form: Form, scores: Mapping[str, int]) -> dict[str, Any]:
    return {"percent": percent(form, scores), "grade": str(grade(form, scores))}
