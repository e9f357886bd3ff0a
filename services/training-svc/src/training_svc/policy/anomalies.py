"""What of attendance (考勤) does not look right (T06 培训过程可追溯): facts in, a finding out.

A finding that fails is an anomaly (异常): somebody must look at it; it decides nothing by itself. The numbers
are those of the law of the class's first day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chuangpei.kernel.refusals import Finding, Text

from training_svc.policy.attendance import is_recordable
from training_svc.policy.facts import Hours
from training_svc.policy.findings import finding, local
from training_svc.policy.parameters import Parameters


class Kind(StrEnum):
    """Which rule found it: 一人两处, 时段外, 集中录入, 结业后更正, 一机多人, 人工占比高."""

    TWO_PLACES = "two_places"
    OUTSIDE_HOURS = "outside_hours"
    MASS_ENTRY = "mass_entry"
    EDITED_AFTER_COMPLETION = "edited_after_completion"
    SHARED_DEVICE = "shared_device"
    MOSTLY_MANUAL = "mostly_manual"


TEXTS: Mapping[Kind, Text] = {
    Kind.TWO_PLACES: Text("同一人几乎同时在两处签到", "One person in two places at about the same time"),
    Kind.OUTSIDE_HOURS: Text(
        "在课次时段外或课后过久才送达", "Recorded outside the hours, or sent long after"
    ),
    Kind.MASS_ENTRY: Text("一分钟内集中录入", "Many presences recorded within one minute"),
    Kind.EDITED_AFTER_COMPLETION: Text("结业后更正考勤", "Corrected after completion"),
    Kind.SHARED_DEVICE: Text("同一设备为多人签到", "One device signed in several persons"),
    Kind.MOSTLY_MANUAL: Text("人工签到占比过高", "Too many presences recorded by hand"),
}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where and when somebody was: the institution, the session's hours, and the instant of the presence."""

    institution: str
    hours: Hours
    at: datetime


@dataclass(frozen=True, slots=True)
class TwoPlaces:
    """Two presences of one person, in sessions of two classes."""

    here: Whereabouts
    there: Whereabouts
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Delivery:
    """A presence, and when it was received."""

    hours: Hours
    recorded_at: datetime
    received_at: datetime
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class MinuteOfRecords:
    """How many presences one device, or one hand, recorded at a session in one minute."""

    minute: datetime
    records: int
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class EditAfterCompletion:
    """A correction of the attendance of somebody who had completed."""

    corrected_at: datetime


@dataclass(frozen=True, slots=True)
class SharedDevice:
    """Two presences of two persons by the same trainee's device."""

    at: datetime
    other_at: datetime
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class ManualShare:
    """How many of a class's presences were recorded by hand."""

    manual: int
    records: int
    parameters: Parameters


def nobody_is_in_two_places(facts: TwoPlaces) -> Finding:
    """T06: no person is in two sessions that overlap, nor at two institutions within the time of travel."""
    here, there, minutes = facts.here, facts.there, facts.parameters.anomaly_travel_minutes
    overlap = here.hours.starts_at < there.hours.ends_at and there.hours.starts_at < here.hours.ends_at
    apart = abs(here.at - there.at)
    too_quick = here.institution != there.institution and apart < timedelta(minutes=minutes)
    fact = f"{local(here.at)} {here.institution}; {local(there.at)} {there.institution}"
    return _finding(Kind.TWO_PLACES, not overlap and not too_quick, fact, f"≥ {minutes} min")


def presence_is_recorded_in_time(facts: Delivery) -> Finding:
    """T06: a presence is dated within its session's hours, and received not long after the session."""
    minutes = facts.parameters.anomaly_late_minutes
    in_hours = is_recordable(facts.recorded_at, facts.hours, facts.parameters)
    in_time = facts.received_at <= facts.hours.ends_at + timedelta(minutes=minutes)
    fact = f"{local(facts.recorded_at)}; {local(facts.received_at)}"
    required = f"{local(facts.hours.starts_at)}/{local(facts.hours.ends_at)}; ≤ {minutes} min"
    return _finding(Kind.OUTSIDE_HOURS, in_hours and in_time, fact, required)


def records_come_one_by_one(facts: MinuteOfRecords) -> Finding:
    """T06: one device, or one hand, records no more presences in a minute than people can pass."""
    most = facts.parameters.anomaly_records_a_minute
    fact = f"{local(facts.minute)}: {facts.records}"
    return _finding(Kind.MASS_ENTRY, facts.records <= most, fact, f"≤ {most}")


def completion_rests_on_what_stood(facts: EditAfterCompletion) -> Finding:
    """T06: attendance corrected after completion is always looked at."""
    return _finding(Kind.EDITED_AFTER_COMPLETION, False, local(facts.corrected_at), "—")


def device_is_one_persons(facts: SharedDevice) -> Finding:
    """T06: a trainee's own device signs in one person, wherever they are, within the minutes asked."""
    minutes = facts.parameters.anomaly_device_minutes
    apart = abs(facts.at - facts.other_at)
    fact = f"{local(facts.at)}; {local(facts.other_at)}"
    return _finding(Kind.SHARED_DEVICE, apart >= timedelta(minutes=minutes), fact, f"≥ {minutes} min")


def manual_records_are_few(facts: ManualShare) -> Finding:
    """T06: of a class's presences, once there are enough to tell, few are recorded by hand."""
    most, least = facts.parameters.anomaly_manual_percent, facts.parameters.anomaly_manual_least
    holds = facts.records < least or facts.manual * 100 <= most * facts.records
    return _finding(Kind.MOSTLY_MANUAL, holds, f"{facts.manual}/{facts.records}", f"≤ {most}%")


def _finding(kind: Kind, holds: bool, fact: str, required: str) -> Finding:
    return finding("T06", holds, fact, required, TEXTS[kind])
