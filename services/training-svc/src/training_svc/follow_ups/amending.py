"""Amending what was recorded of a follow-up (更正): the business, its closing, jobs, a service (T11)."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT

from training_svc.follow_ups import repository
from training_svc.follow_ups.follow_up import FollowUp, ReceivedService
from training_svc.follow_ups.schemas import (
    AmendedBusiness,
    AmendedCheck,
    AmendedService,
    Amendment,
    StillTrading,
    is_valid,
)
from training_svc.follow_ups.use_cases import changeable, parameters_of, saved
from training_svc.policy.follow_up import FollowUpParameters
from training_svc.service import Service

OBJECT_TYPE = "follow_up"
_UNKNOWN_CHECK = FieldError("/check/id", "unknown_check", Text("没有此核查", "There is no such check"))
_UNKNOWN_SERVICE = FieldError(
    "/service/id", "unknown_service", Text("没有此服务记录", "There is no such service")
)
_NO_BUSINESS = FieldError("/business", "no_business", Text("尚未登记开业", "No business is recorded yet"))
_NOT_CLOSED = Text("该创业组织未停业", "The business has not closed")


async def amend(
    tx: Transaction, service: Service, principal: Principal, follow_up_id: UUID, version: int, body: Amendment
) -> Refusal | None:
    """Amends with a reason; what stood before is kept. Refused where nothing is different."""
    found = await changeable(tx, principal, follow_up_id, version)
    if isinstance(found, Refusal):
        return found
    services = {one.id: one for one in await repository.services_of(tx, follow_up_id)}
    before = _state(found.follow_up, services)
    parameters = parameters_of(service, found)
    refusal = _still_trading(found.follow_up, body.still_trading, parameters)
    refusal = refusal or _business(found.follow_up, body.business, parameters, service)
    refusal = refusal or _jobs(found.follow_up, body.check) or _service(services, body.service, service)
    if refusal:
        return refusal
    await saved(tx, service, found)
    if body.service is not None:
        await repository.save_service(tx, services[body.service.id])
    told = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type=OBJECT_TYPE,
        object_id=follow_up_id,
        reason=body.reason,
        before=before,
        after=_state(found.follow_up, services),
    )
    return None if told else Refusal(NOTHING_AMENDED)


def _still_trading(
    follow_up: FollowUp, given: StillTrading | None, parameters: FollowUpParameters
) -> Refusal | None:
    return follow_up.restore_business(given.jobs, parameters) if given else None


def _business(
    follow_up: FollowUp, given: AmendedBusiness | None, parameters: FollowUpParameters, service: Service
) -> Refusal | None:
    if given is None:
        return None
    if follow_up.business is None:
        return Refusal(INVALID_INPUT, errors=(_NO_BUSINESS,))
    named = "closed_on" if given.closed_on else "closing_reason" if given.closing_reason else None
    if named and follow_up.business.closed_on is None:
        error = FieldError(f"/business/{named}", "not_closed", _NOT_CLOSED)
        return Refusal(INVALID_INPUT, errors=(error,))
    changed = replace(follow_up.business, **given.model_dump(exclude_none=True))
    changed.code_valid = is_valid(changed.credit_code)
    return follow_up.amend_business(changed, parameters, service.clock.today())


def _jobs(follow_up: FollowUp, given: AmendedCheck | None) -> Refusal | None:
    if given is None:
        return None
    check = follow_up.check(given.id)
    if check is None:
        return Refusal(INVALID_INPUT, errors=(_UNKNOWN_CHECK,))
    return follow_up.amend_jobs(check, given.jobs)


def _service(
    services: dict[UUID, ReceivedService], given: AmendedService | None, service: Service
) -> Refusal | None:
    if given is None:
        return None
    if given.id not in services:
        return Refusal(INVALID_INPUT, errors=(_UNKNOWN_SERVICE,))
    changed = replace(services[given.id], **given.model_dump(exclude_none=True))
    if changed.provided_on > service.clock.today():
        text = Text("服务日期不得晚于今天", "The service lies in the future")
        return Refusal(INVALID_INPUT, errors=(FieldError("/service/provided_on", "in_the_future", text),))
    services[given.id] = changed
    return None


def _state(follow_up: FollowUp, services: dict[UUID, ReceivedService]) -> dict[str, Any]:
    """Every value that an amendment may change, by a name that stays the same, as JSON knows it."""
    return dict(_values(follow_up, services))


def _values(
    follow_up: FollowUp, services: dict[UUID, ReceivedService]
) -> Iterator[tuple[str, str | int | None]]:
    yield "state", str(follow_up.state)
    yield "help_wanted", follow_up.help_wanted
    if follow_up.business is not None:
        for name, value in asdict(follow_up.business).items():
            yield f"business.{name}", value if isinstance(value, int) or value is None else str(value)
    for check in follow_up.checks:
        yield f"check.{check.id}.passed", check.passed
        yield f"check.{check.id}.jobs", check.jobs
        yield f"check.{check.id}.due_on", str(check.due_on)
    for one in services.values():
        for name in ("kind", "provided_on", "provided_by", "note"):
            value = getattr(one, name)
            yield f"service.{one.id}.{name}", None if value is None else str(value)
