"""The numbers of a day, or the refusal where no law is in force (O06)."""

from datetime import date

from chuangpei.kernel.refusals import Refusal

from training_svc.policy.parameters import Parameters, parameters_on
from training_svc.problems import NO_LAW_IN_FORCE
from training_svc.service import Service


def numbers_on(service: Service, day: date) -> Parameters | Refusal:
    """The numbers in force on ``day`` (Asia/Shanghai)."""
    if not service.law.in_force.covers(day):
        return Refusal(NO_LAW_IN_FORCE)
    return parameters_on(service.law, day)
