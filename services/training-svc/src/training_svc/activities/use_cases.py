"""What is done with trainings and contests of instructors: record one, amend one (T10)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_FOUND, PRECONDITION_FAILED

from training_svc.activities import repository
from training_svc.activities.schemas import ENDS_TOO_EARLY, ActivityAmendment, Kind, NewActivity
from training_svc.named import naming_errors, not_ones_own
from training_svc.service import Service

_ENDS_TOO_EARLY = FieldError("/ends_on", "invalid", ENDS_TOO_EARLY)
_NO_HOURS = FieldError("/hours", "no_hours", Text("大赛不填课时", "A contest has no hours"))


async def record_activity(
    tx: Transaction, service: Service, principal: Principal, body: NewActivity
) -> Row | Refusal:
    """Records a training or contest with what its participants achieved (T10)."""
    achieved = [one.model_dump() for one in body.results]
    if errors := await naming_errors(tx, _named(achieved)):
        return Refusal(INVALID_INPUT, errors=errors)
    now, activity_id = service.clock.now(), new_id()
    own = {"id": activity_id, "district": principal.district, "version": 1}
    values = body.model_dump() | own | {"recorded_at": now, "recorded_by": principal.subject}
    await repository.insert_new(tx, values, achieved)
    await record(
        tx,
        principal,
        at=now,
        action=f"record_instructor_{body.kind}",
        object_type="instructor_activity",
        object_id=activity_id,
    )
    return await _read(tx, activity_id)


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    activity_id: UUID,
    version: int,
    body: ActivityAmendment,
) -> Row | Refusal:
    """Amends a training or contest, with a reason; what stood before is kept (T10)."""
    activity = await repository.locked(tx, activity_id)
    if activity is None:
        return Refusal(NOT_FOUND)
    if refusal := not_ones_own(principal, activity):
        return refusal
    if activity["version"] != version:
        return Refusal(PRECONDITION_FAILED)
    before = _kept(activity)
    given = {name: value for name, value in body.model_dump(exclude={"reason"}).items() if value is not None}
    after = _state(activity) | given
    if errors := await _errors(tx, activity, after):
        return Refusal(INVALID_INPUT, errors=errors)
    await repository.amend(tx, activity_id, after, after["results"])
    amended_now = await _read(tx, activity_id)
    changed = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="instructor_activity",
        object_id=activity_id,
        reason=body.reason,
        before=before,
        after=_kept(amended_now),
    )
    return amended_now if changed else Refusal(NOTHING_AMENDED)


async def _errors(tx: Transaction, activity: Row, after: Mapping[str, Any]) -> tuple[FieldError, ...]:
    errors = list(await naming_errors(tx, _named(after["results"])))
    if after["ends_on"] < after["begins_on"]:
        errors.append(_ENDS_TOO_EARLY)
    if activity["kind"] == Kind.CONTEST and after["hours"] is not None:
        errors.append(_NO_HOURS)
    return tuple(errors)


def _named(achieved: Sequence[Mapping[str, Any]]) -> list[tuple[str, UUID]]:
    return [(f"/results/{number}/instructor_id", one["instructor_id"]) for number, one in enumerate(achieved)]


def _state(activity: Row) -> dict[str, Any]:
    fields = ("name", "organiser", "begins_on", "ends_on", "hours")
    achieved = [
        {"instructor_id": UUID(one["instructor_id"]), "result": one["result"], "rank": one["rank"]}
        for one in activity["results"]
    ]
    return {name: activity[name] for name in fields} | {"results": achieved}


def _kept(activity: Row) -> Mapping[str, Any]:
    state = _state(activity)
    return state | {
        "begins_on": str(state["begins_on"]),
        "ends_on": str(state["ends_on"]),
        "results": [one | {"instructor_id": str(one["instructor_id"])} for one in state["results"]],
    }


async def _read(tx: Transaction, activity_id: UUID) -> Row:
    activity = await repository.one(tx, activity_id)
    assert activity is not None, "it was written in this transaction"
    return activity
