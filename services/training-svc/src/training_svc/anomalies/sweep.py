"""The sweep that looks for anomalies (异常) in what was recorded or corrected since the last one (T06)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from chuangpei.database import Row, Transaction
from chuangpei.events.training import AnomalyFound
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import Finding, Outcome
from chuangpei.outbox import emit

from training_svc.anomalies import repository, sightings
from training_svc.anomalies.anomaly import Found
from training_svc.anomalies.sightings import Pair, Sighting
from training_svc.policy import anomalies as rules
from training_svc.policy.anomalies import Kind
from training_svc.policy.parameters import Parameters, parameters_on
from training_svc.service import Service

MOST = 2_000
"""How many presences one transaction looks at."""


async def sweep(tx: Transaction, service: Service, most: int = MOST) -> int:
    """Looks at what is new, keeps and tells each anomaly once; returns how many presences it took."""
    taken = await sightings.take(tx, most)
    seen = _Seen(service, await sightings.sightings(tx, taken))
    found = [*_late(seen), *_edited(await sightings.edits(tx, taken))]
    if seen.new:
        found += await _gathered(tx, seen)
    now = service.clock.now()
    added = await repository.insert_found(tx, found, now)
    await emit(tx, [_event(anomaly_id, one, now) for anomaly_id, one in added], now)
    return len(taken)


class _Seen:
    """The presences that were taken, and the numbers that hold for each."""

    def __init__(self, service: Service, new: Sequence[Sighting]) -> None:
        self.new = new
        self.by_id = {one.id: one for one in new}
        self.by_session = {one.session_id: one for one in new}
        self.by_class = {one.place.class_id: one for one in new}
        self._law = service.law
        self._known: dict[date, Parameters] = {}

    def parameters(self, one: Sighting) -> Parameters:
        """The law of the first day of the presence's class."""
        day = one.class_starts_on
        if day not in self._known:
            self._known[day] = parameters_on(self._law, day)
        return self._known[day]


async def _gathered(tx: Transaction, seen: _Seen) -> list[Found]:
    travel = {one.id: seen.parameters(one).anomaly_travel_minutes for one in seen.new}
    device = {one.id: seen.parameters(one).anomaly_device_minutes for one in seen.new}
    return [
        *_in_two_places(seen, await sightings.elsewhere(tx, travel)),
        *_by_one_device(seen, await sightings.same_device(tx, device)),
        *_at_once(seen, await sightings.minutes(tx, list(seen.by_session))),
        *_by_hand(seen, await sightings.shares(tx, list(seen.by_class))),
    ]


def _late(seen: _Seen) -> Iterator[Found]:
    """One for each delivery of a session: a batch that comes late is one matter, not thirty."""
    for one in seen.new:
        facts = rules.Delivery(one.hours, one.recorded_at, one.received_at, seen.parameters(one))
        subject = f"{one.session_id}@{one.received_at.isoformat()}"
        yield from _of_session(Kind.OUTSIDE_HOURS, subject, one, rules.presence_is_recorded_in_time(facts))


def _edited(rows: Sequence[Row]) -> Iterator[Found]:
    for row in rows:
        yield Found(
            kind=Kind.EDITED_AFTER_COMPLETION,
            subject=str(row["id"]),
            place=sightings.place_of(row),
            finding=rules.completion_rests_on_what_stood(rules.EditAfterCompletion(row["edited_at"])),
            session_id=row["session_id"],
            enrolment_id=row["enrolment_id"],
            attendance_id=row["of"],
        )


def _in_two_places(seen: _Seen, pairs: Sequence[Pair]) -> Iterator[Found]:
    """One for each of the two classes, so that each district sees it."""
    for pair in pairs:
        new, other = seen.by_id[pair.of], pair.other
        for here, there in ((new, other), (other, new)):
            facts = rules.TwoPlaces(_where(here), _where(there), seen.parameters(new))
            subject = f"{here.id}:{there.id}"
            yield from _of_trainee(Kind.TWO_PLACES, subject, here, rules.nobody_is_in_two_places(facts))


def _by_one_device(seen: _Seen, pairs: Sequence[Pair]) -> Iterator[Found]:
    """One for each presence, however many others the device signed in."""
    for pair in pairs:
        new, other = seen.by_id[pair.of], pair.other
        for one, another in ((new, other), (other, new)):
            facts = rules.SharedDevice(one.recorded_at, another.recorded_at, seen.parameters(new))
            yield from _of_trainee(Kind.SHARED_DEVICE, str(one.id), one, rules.device_is_one_persons(facts))


def _at_once(seen: _Seen, rows: Sequence[Row]) -> Iterator[Found]:
    for row in rows:
        one = seen.by_session[row["session_id"]]
        facts = rules.MinuteOfRecords(row["minute"], row["records"], seen.parameters(one))
        subject = f"{row['session_id']}@{row['minute'].isoformat()}/{row['device'] or ''}"
        yield from _of_session(Kind.MASS_ENTRY, subject, one, rules.records_come_one_by_one(facts))


def _by_hand(seen: _Seen, rows: Sequence[Row]) -> Iterator[Found]:
    for row in rows:
        one = seen.by_class[row["class_id"]]
        facts = rules.ManualShare(row["manual"], row["records"], seen.parameters(one))
        finding = rules.manual_records_are_few(facts)
        if _fails(finding):
            yield Found(Kind.MOSTLY_MANUAL, str(row["class_id"]), one.place, finding)


def _of_session(kind: Kind, subject: str, one: Sighting, finding: Finding) -> Iterator[Found]:
    if _fails(finding):
        yield Found(kind, subject, one.place, finding, session_id=one.session_id)


def _of_trainee(kind: Kind, subject: str, one: Sighting, finding: Finding) -> Iterator[Found]:
    if _fails(finding):
        yield Found(kind, subject, one.place, finding, one.session_id, one.enrolment_id, one.id)


def _fails(finding: Finding) -> bool:
    return finding.outcome is Outcome.FAILED


def _where(one: Sighting) -> rules.Whereabouts:
    return rules.Whereabouts(one.credit_code, one.hours, one.recorded_at)


def _event(anomaly_id: UUID, found: Found, at: datetime) -> AnomalyFound:
    return AnomalyFound(
        anomaly_id=anomaly_id,
        kind=found.kind,
        class_id=found.place.class_id,
        institution_id=found.place.institution_id,
        district=found.place.district,
        session_id=found.session_id,
        enrolment_id=found.enrolment_id,
        found_on=civil_date(at),
    )
