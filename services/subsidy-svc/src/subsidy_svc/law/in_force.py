"""The law of a day, or the refusal where none is in force (O06)."""

from datetime import date

from chuangpei.kernel.refusals import Refusal, Text

from subsidy_svc.law.published import refresh
from subsidy_svc.policy.parameters import Law
from subsidy_svc.problems import NO_LAW_IN_FORCE
from subsidy_svc.service import Service


async def law_on(service: Service, day: date) -> Law | Refusal:
    """The law in force on ``day`` (Asia/Shanghai); the refusal says from when to when there is one."""
    await refresh(service.database, service.law)
    if service.law.covers(day):
        return service.law.on(day)
    known = service.law.parameters.in_force
    return Refusal(
        NO_LAW_IN_FORCE,
        detail=Text(
            f"{known.article}自{known.first}起施行，有效期至{known.last or '另行规定'}，{day}不在其内",
            f"{known.article} holds from {known.first} to {known.last or 'further notice'}, not on {day}",
        ),
    )
