"""The work on roster imports (T06): a stretch of rows a transaction, taken up again where it was left.

A stretch commits with its counters and without the rows it enrolled, so that a crash in between loses nothing
and enrols nobody twice. Stretches of different files take turns.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import SYSTEM
from chuangpei.database import Row, Transaction, is_worth_retrying
from chuangpei.kernel.refusals import Refusal, failed

from training_svc.enrolments import repository as enrolments
from training_svc.enrolments import use_cases as enrolling
from training_svc.rosters import repository
from training_svc.rosters.checking import Candidate, RowError, against_others, candidate_of, opened_row
from training_svc.rosters.lifecycle import State
from training_svc.rosters.roster_import import Mode, RosterImport
from training_svc.service import Service

log = logging.getLogger(__name__)

CHECKED_AT_ONCE = 500
ENROLLED_AT_ONCE = 100


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
    enrolled = await enrolments.enrolled_of(tx, one.class_id, keys)
    candidates = list(against_others(read, earlier, enrolled))
    await repository.mark(tx, one.id, candidates)
    good = sum(not candidate.errors for candidate in candidates)
    one.count_checked(good, len(candidates) - good, service.clock.now())


async def _import_some(tx: Transaction, service: Service, one: RosterImport) -> None:
    """Enrols the next good rows; who is refused now is told with the reason."""
    rows = await repository.good(tx, one.id, ENROLLED_AT_ONCE)
    outcome = await _enrol(tx, service, one, rows)
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
            outcome = await _enrol(tx, service, one, rows)
            if outcome.errors:
                raise _Undone
    except _Undone:
        await repository.insert_errors(tx, one.id, outcome.errors)
        one.refuse(outcome.refused, service.clock.now())
    else:
        one.count_imported(outcome.enrolled, outcome.waiting, 0, service.clock.now())


async def _enrol(tx: Transaction, service: Service, one: RosterImport, rows: Sequence[Row]) -> _Outcome:
    """Enrols each row by the rules of a single enrolment, or tells why it is refused."""
    outcome = _Outcome()
    for row in rows:
        opened = opened_row(service.privacy, row["line"], row["sealed"])
        candidate = candidate_of(service.privacy, opened, service.clock.today())
        with suppress(_Undone):
            async with tx.savepoint():
                await _enrol_one(tx, service, one, candidate, outcome)
    return outcome


async def _enrol_one(
    tx: Transaction, service: Service, one: RosterImport, candidate: Candidate, outcome: _Outcome
) -> None:
    if candidate.body is None:  # what was good reads otherwise by now
        outcome.errors += candidate.errors
        return
    enrolled = await enrolling.enrol(tx, service, one.sender, one.class_id, candidate.body)
    if isinstance(enrolled, Refusal):
        outcome.errors += errors_of(candidate.line, enrolled)
        raise _Undone  # what it wrote before it was refused
    if enrolled.state == "waiting":
        outcome.waiting += 1
    else:
        outcome.enrolled += 1


def errors_of(line: int, refusal: Refusal) -> list[RowError]:
    """Why a row was refused when it was its turn: each reason, or the kind of refusal where it has none."""
    found = [RowError(line, None, one.rule, one.text) for one in failed(refusal.findings)]
    found += [RowError(line, one.pointer.removeprefix("/"), one.code, one.text) for one in refusal.errors]
    return found or [RowError(line, None, refusal.problem.code, refusal.problem.title)]


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
