"""Checks a bank's result file (银行回盘文件): every line, every fault told with its line and column."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from chuangpei.kernel.refusals import Text

from subsidy_svc.payments.export import unguarded
from subsidy_svc.payments.lifecycle import LineStatus
from subsidy_svc.payments.result_rows import ResultFault, ResultRow

_RESULTS = {
    "settled": LineStatus.SETTLED,
    "failed": LineStatus.FAILED,
    "unknown": LineStatus.UNKNOWN,
}
MOST_ERRORS = 200
_INT32 = 2**31
_FOREIGN = Text("不属于本批次", "Not of this batch")

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


def read_bank_file(
    rows: Iterable[ResultRow], batch_number: str, digest: PayeeDigest
) -> tuple[list[ResultLine], list[ResultFault]]:
    """The lines of the file and what is wrong with it; ``digest`` hashes a holder and an account number."""
    found: dict[int, ResultLine] = {}
    faults: list[ResultFault] = []
    try:
        for row in rows:
            _take(row, batch_number, digest, found, faults)
    except ResultFault as fault:
        faults.append(fault)
    if not found and not faults:
        faults.append(ResultFault(1, "empty", Text("文件没有数据行", "The file has no lines")))
    return list(found.values()), faults


def _take(
    row: ResultRow,
    batch_number: str,
    digest: PayeeDigest,
    found: dict[int, ResultLine],
    faults: list[ResultFault],
) -> None:
    if row.faults:
        faults.extend(row.faults)
        return
    try:
        line = _line(row.at, row.cells, batch_number, digest)
        first = found.get(line.line_no)
        if first is not None:
            text = Text(f"与第{first.at}行重复", f"The same payment as on line {first.at}")
            raise ResultFault(row.at, "repeated", text, "line_no")
        found[line.line_no] = line
    except ResultFault as fault:
        faults.append(fault)


def _line(at: int, row: Mapping[str, str], batch_number: str, digest: PayeeDigest) -> ResultLine:
    if row.get("batch_number", batch_number) != batch_number:
        raise ResultFault(at, "foreign", _FOREIGN, "batch_number")
    status = _RESULTS.get(row["result"])
    if status is None:
        text = Text("result 应为 settled、failed 或 unknown", "result is settled, failed or unknown")
        raise ResultFault(at, "unknown_result", text, "result")
    if status is not LineStatus.UNKNOWN and (status is LineStatus.FAILED) != bool(row["bank_code"]):
        text = Text("失败须有银行代码，成功不得有", "A failed line has a bank code, a settled one has none")
        raise ResultFault(at, "bank_code", text, "bank_code")
    return ResultLine(
        at=at,
        line_no=_whole(at, "line_no", row["line_no"]),
        claim_id=_uuid(at, row["claim_id"]),
        amount_fen=_whole(at, "amount_fen", row["amount_fen"]),
        payee_digest=digest(unguarded(row["holder_name"]), row["account_number"]),
        status=status,
        bank_code=row["bank_code"][:40] or None,
    )


def _whole(at: int, column: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) < _INT32):
        # Not repeated in the answer: where columns have slipped, it may be a name or an account number.
        raise ResultFault(at, "not_a_number", Text("不是整数", "Not a whole number"), column)
    return int(text)


def _uuid(at: int, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ResultFault(at, "foreign", _FOREIGN, "claim_id") from error
