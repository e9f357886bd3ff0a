"""The work on roster imports (T06): a stretch of rows a transaction, taken up again where it was left.

A stretch commits with its counters and without the rows it enrolled, so that a crash in between loses nothing
and enrols nobody twice. Stretches of different files take turns.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import SYSTEM
from chuangpei.database import Row, Transaction, is_worth_retrying

from training_svc.classes import repository as classes
from training_svc.enrolments.enrolment import Enrolment
from training_svc.enrolments.lifecycle import State as EnrolmentState
from training_svc.enrolments.many import enrol_all, refusals
from training_svc.rosters import repository
from training_svc.rosters.checking import RowError, against_others, candidate_of, errors_of, opened_row
from training_svc.rosters.lifecycle import State
from training_svc.rosters.roster_import import Mode, RosterImport
from training_svc.service import Service
from training_svc.visibility import EVERYTHING

log = logging.getLogger(__name__)

CHECKED_AT_ONCE = 500
ENROLLED_AT_ONCE = 500


async def work_on_rosters(service: Service) -> int:
    """Does the next stretch of the import that waits longest; 0 where none is due.

    Work that fails is put off and given up after some attempts; a lost database is not its fault.
    """
    import_id: UUID | None = None
    try:
        async with service.database.transaction() as tx:
            found = await repository.next_due(tx, service.clock.now())
            if found is None:
                return 0
            import_id = found.id
            await _stretch(tx, service, found)
    except Exception as error:
        if import_id is None or is_worth_retrying(error):
            raise
        log.exception("the work on roster %s failed", import_id)
        await _put_off(service, import_id)
    return 1


async def _stretch(tx: Transaction, service: Service, one: RosterImport) -> None:
    before = one.state
    one.take_up(service.clock.now())
    if one.state is State.CHECKING:
        await _check(tx, service, one)
    elif one.mode is Mode.GOOD_ROWS:
        await _import_some(tx, service, one)
    else:
        await _import_all(tx, service, one)
    await _save(tx, service, one, before)


async def _check(tx: Transaction, service: Service, one: RosterImport) -> None:
    """Checks the next rows by themselves, beside the rows before them, and beside the class."""
    today = service.clock.today()
    rows = await repository.unchecked(tx, one.id, CHECKED_AT_ONCE)
    opened = [opened_row(service.privacy, row["line"], row["sealed"]) for row in rows]
    read = [candidate_of(service.privacy, row, today) for row in opened]
    keys = [candidate.person_key for candidate in read if candidate.person_key]
    earlier = await repository.earlier_lines(tx, one.id, keys)
    training_class = await classes.summary(tx, one.class_id, EVERYTHING)
    assert training_class is not None, "an import has its class"
    kept_out = await refusals(tx, training_class, keys, today)
    candidates = list(against_others(read, earlier, kept_out))
    await repository.mark(tx, one.id, candidates)
    good = sum(not candidate.errors for candidate in candidates)
    one.count_checked(good, len(candidates) - good, service.clock.now())


async def _import_some(tx: Transaction, service: Service, one: RosterImport) -> None:
    """Enrols the next good rows; who is refused now is told with the reason."""
    rows = await repository.good(tx, one.id, ENROLLED_AT_ONCE)
    outcome = _Outcome()
    await _enrol(tx, service, one, rows, outcome)
    await repository.insert_errors(tx, one.id, outcome.errors)
    await repository.delete_rows(tx, one.id, [row["line"] for row in rows])
    one.count_imported(outcome.enrolled, outcome.waiting, outcome.refused, service.clock.now())


@dataclass(slots=True)
class _Outcome:
    """What became of rows when it was their turn."""

    enrolled: int = 0
    waiting: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """How many rows were refused, for one reason or several."""
        return len({error.line for error in self.errors})


class _Undone(Exception):  # noqa: N818  # it undoes a savepoint, and goes no further
    """Nothing of it is written."""


async def _import_all(tx: Transaction, service: Service, one: RosterImport) -> None:
    """Enrols every row, or none where one is refused."""
    rows = await repository.good(tx, one.id, one.rows)
    outcome = _Outcome()
    try:
        async with tx.savepoint():
            for begin in range(0, len(rows), ENROLLED_AT_ONCE):
                await _enrol(tx, service, one, rows[begin : begin + ENROLLED_AT_ONCE], outcome)
            if outcome.errors:
                raise _Undone
    except _Undone:
        await repository.insert_errors(tx, one.id, outcome.errors)
        one.refuse(outcome.refused, service.clock.now())
    else:
        one.count_imported(outcome.enrolled, outcome.waiting, 0, service.clock.now())


async def _enrol(
    tx: Transaction, service: Service, one: RosterImport, rows: Sequence[Row], outcome: _Outcome
) -> None:
    """Enrols the rows by the rules of a single enrolment, or tells why one is refused."""
    today = service.clock.today()
    opened = [opened_row(service.privacy, row["line"], row["sealed"]) for row in rows]
    candidates = [candidate_of(service.privacy, row, today) for row in opened]
    # What was good may read otherwise by now.
    outcome.errors += [error for candidate in candidates for error in candidate.errors]
    good = {one.line: one.body for one in candidates if one.body and not one.errors}
    training_class = await classes.locked(tx, one.class_id, EVERYTHING)
    assert training_class is not None, "an import has its class"
    answers = await enrol_all(tx, service, one.sender, training_class, list(good.values()))
    for line, answer in zip(good, answers, strict=True):
        if not isinstance(answer, Enrolment):
            outcome.errors += errors_of(line, answer)
        elif answer.state is EnrolmentState.WAITING:
            outcome.waiting += 1
        else:
            outcome.enrolled += 1


async def _put_off(service: Service, import_id: UUID) -> None:
    async with service.database.transaction() as tx:
        one = await repository.load_for_update(tx, import_id)
        if one is None or one.has_ended:
            return
        before = one.state
        one.put_off(service.clock.now())
        await _save(tx, service, one, before)


async def _save(tx: Transaction, service: Service, one: RosterImport, before: State) -> None:
    await repository.save(tx, one)
    if one.has_ended:
        await record(
            tx,
            SYSTEM,
            at=service.clock.now(),
            action="end_roster",
            object_type="roster",
            object_id=one.id,
            from_state=before,
            to_state=one.state,
            details=one.counters(),
        )
