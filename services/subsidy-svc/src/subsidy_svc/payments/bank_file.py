"""Reads a bank's result file (银行回盘文件): every line checked, every fault told with its line number."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from chuangpei.kernel.refusals import FieldError, Text

from subsidy_svc.payments.export import COLUMNS, unguarded
from subsidy_svc.payments.lifecycle import LineStatus

REQUIRED = ("line_no", "claim_id", "holder_name", "account_number", "amount_fen", "result", "bank_code")
_KNOWN = frozenset(REQUIRED) | frozenset(COLUMNS)
_RESULTS = {
    "settled": LineStatus.SETTLED,
    "failed": LineStatus.FAILED,
    "unknown": LineStatus.UNKNOWN,
}
MOST_ERRORS = 200
_INT32 = 2**31

PayeeDigest = Callable[[str, str], bytes]


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One answered line: where it stands in the file, which payment it answers, and what became of it."""

    at: int
    line_no: int
    claim_id: UUID
    amount_fen: int
    payee_digest: bytes
    status: LineStatus
    bank_code: str | None


class _Fault(Exception):  # noqa: N818  # a fault of the file, not of the program
    def __init__(self, code: str, text: Text) -> None:
        self.code, self.text = code, text


def read_bank_file(
    content: bytes, batch_number: str, digest: PayeeDigest
) -> tuple[list[ResultLine], list[FieldError]]:
    """The lines of the file and what is wrong with it; ``digest`` hashes a holder and an account number."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [_error(1, "not_utf8", Text("文件不是 UTF-8 编码", "The file is not UTF-8"))]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: dict[int, ResultLine] = {}
    errors: list[FieldError] = []
    try:
        header = _header(next(reader, []))
        for at, cells in _rows(reader):
            _take(at, cells, header, batch_number, digest, found, errors)
    except csv.Error:
        errors.append(
            _error(reader.line_num, "malformed", Text("不是有效的 CSV", "Not valid comma-separated values"))
        )
    except _Fault as fault:
        errors.append(_error(1, fault.code, fault.text))
    if not found and not errors:
        errors.append(_error(1, "empty", Text("文件没有数据行", "The file has no lines")))
    return list(found.values()), errors


def _rows(reader: "Iterator[list[str]]") -> Iterator[tuple[int, list[str]]]:
    for cells in reader:
        if cells:
            yield reader.line_num, cells  # type: ignore[attr-defined]  # csv's reader counts its lines


def _header(names: list[str]) -> list[str]:
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in _KNOWN]
    if missing or unknown or len(set(names)) != len(names):
        listed = ", ".join(missing or unknown or names)
        raise _Fault(
            "missing_column" if missing else "unknown_column",
            Text(f"表头不符：{listed}", f"The columns are not as expected: {listed}"),
        )
    return names


def _take(
    at: int,
    cells: list[str],
    header: list[str],
    batch_number: str,
    digest: PayeeDigest,
    found: dict[int, ResultLine],
    errors: list[FieldError],
) -> None:
    try:
        line = _line(at, cells, header, batch_number, digest)
        first = found.get(line.line_no)
        if first is not None:
            raise _Fault("repeated", Text(f"与第{first.at}行重复", f"The same payment as on line {first.at}"))
        found[line.line_no] = line
    except _Fault as fault:
        errors.append(_error(at, fault.code, fault.text))


def _line(at: int, cells: list[str], header: list[str], batch_number: str, digest: PayeeDigest) -> ResultLine:
    if len(cells) != len(header):
        raise _Fault(
            "missing_column",
            Text(f"应有{len(header)}列，实有{len(cells)}列", f"{len(header)} columns, not {len(cells)}"),
        )
    row = dict(zip(header, cells, strict=True))
    if row.get("batch_number", batch_number) != batch_number:
        raise _Fault("foreign", Text("不属于本批次", "Not of this batch"))
    status = _RESULTS.get(row["result"])
    if status is None:
        raise _Fault(
            "unknown_result",
            Text("result 应为 settled、failed 或 unknown", "result is settled, failed or unknown"),
        )
    if status is not LineStatus.UNKNOWN and (status is LineStatus.FAILED) != bool(row["bank_code"]):
        raise _Fault(
            "bank_code",
            Text("失败须有银行代码，成功不得有", "A failed line has a bank code, a settled one has none"),
        )
    return ResultLine(
        at=at,
        line_no=_whole(row["line_no"]),
        claim_id=_uuid(row["claim_id"]),
        amount_fen=_whole(row["amount_fen"]),
        payee_digest=digest(unguarded(row["holder_name"]), row["account_number"]),
        status=status,
        bank_code=row["bank_code"][:40] or None,
    )


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) < _INT32):
        # Not repeated in the answer: where columns have slipped, it may be a name or an account number.
        raise _Fault("not_a_number", Text("不是整数", "Not a whole number"))
    return int(text)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise _Fault("foreign", Text("不属于本批次", "Not of this batch")) from error


def _error(at: int, code: str, text: Text) -> FieldError:
    return FieldError(f"line {at}", code, text)
