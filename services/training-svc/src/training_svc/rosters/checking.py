"""Checks one row of a roster (T06): every error, told by its column; what a cell said is not repeated."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import orjson
from chuangpei.input_errors import field_errors
from chuangpei.kernel.refusals import FieldError, Refusal, Text, failed
from chuangpei.kernel.resident_id import ResidentId, parse_resident_id
from chuangpei.privacy import Privacy
from chuangpei.sheets.cells import Fault
from chuangpei.sheets.reader import SheetRow
from pydantic import ValidationError

from training_svc.enrolments.schemas import NewEnrolment
from training_svc.persons import birth_errors
from training_svc.rosters.columns import EXAMPLE, body_of, column_of

_ROW = "roster.row"
_EXAMPLE_ROW = Fault("example_row", Text("这是模板的示例行，请删除", "The template's example; delete it"))


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing that is wrong with a row; ``column`` is None where it is wrong with the whole of it."""

    line: int
    column: str | None
    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that was read: whom it would enrol, if it can, and everything that is wrong with it."""

    line: int
    person_key: str | None
    body: NewEnrolment | None
    errors: tuple[RowError, ...]


def sealed_row(privacy: Privacy, row: SheetRow) -> str:
    """A row as it is kept until its turn comes, encrypted."""
    faults = [(column, fault.code, *fault.text) for column, fault in row.faults.items()]
    return privacy.at_rest.encrypt(orjson.dumps([dict(row.cells), faults]).decode(), _ROW)


def opened_row(privacy: Privacy, line: int, sealed: str) -> SheetRow:
    """The row that was sealed."""
    cells, faults = orjson.loads(privacy.at_rest.decrypt(sealed, _ROW))
    return SheetRow(line, cells, {column: Fault(code, Text(zh, en)) for column, code, zh, en in faults})


def candidate_of(privacy: Privacy, row: SheetRow, today: date) -> Candidate:
    """Checks the row by itself, as a single enrolment is checked where it comes in."""
    errors = [_error(row.line, column, fault) for column, fault in row.faults.items()]
    body: NewEnrolment | None = None
    try:
        body = NewEnrolment.model_validate(body_of(row.cells))
    except ValidationError as invalid:
        found = field_errors([{**one, "loc": ("body", *one["loc"])} for one in invalid.errors()])
        errors += [error for one in found if (error := _of_field(row.line, one)).column not in row.faults]
    number = parse_resident_id(row.cells.get("id_number", ""))
    if not isinstance(number, ResidentId):
        return Candidate(row.line, None, body, tuple(errors))
    errors += [_of_field(row.line, one) for one in birth_errors(number.number, "/id_number", today)]
    if number.number == EXAMPLE["id_number"]:
        errors.append(_error(row.line, None, _EXAMPLE_ROW))
    return Candidate(row.line, privacy.person_key(number.number), body, tuple(errors))


def against_others(
    candidates: Sequence[Candidate],
    earlier: Mapping[str, int],
    kept_out: Mapping[str, Sequence[Refusal]],
) -> Iterator[Candidate]:
    """Adds what shows only beside other rows and the class: a person named twice, or kept out by a rule.

    ``earlier`` tells on which line before these a person stands, ``kept_out`` why the class takes one not.
    """
    first = dict(earlier)
    for one in candidates:
        errors = list(one.errors)
        if one.person_key in first:
            errors.append(_error(one.line, "id_number", _named_twice(first[one.person_key], one.line)))
        elif one.person_key is not None:
            first[one.person_key] = one.line
        errors += errors_of(one.line, kept_out.get(one.person_key or "", ()))
        yield Candidate(one.line, one.person_key, one.body, tuple(errors))


def errors_of(line: int, refusals: Iterable[Refusal]) -> list[RowError]:
    """Why the class takes a row not: each rule that stands in the way, or the kind of the refusal."""
    return [
        error
        for refusal in refusals
        for error in [RowError(line, None, one.rule, one.text) for one in failed(refusal.findings)]
        or [RowError(line, None, refusal.problem.code, refusal.problem.title)]
    ]


def _named_twice(first: int, again: int) -> Fault:
    text = Text(f"第{first}行与第{again}行为同一人", f"Lines {first} and {again} name the same person")
    return Fault("named_twice", text)


def _error(line: int, column: str | None, fault: Fault) -> RowError:
    return RowError(line, column, fault.code, fault.text)


def _of_field(line: int, error: FieldError) -> RowError:
    return RowError(line, column_of(error.pointer), error.code, error.text)
