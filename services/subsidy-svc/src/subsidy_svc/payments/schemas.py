"""What the API takes and shows of payment batches."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Instant, Note
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from subsidy_svc.payments.batch import Batch
from subsidy_svc.payments.lifecycle import FindingState, LineStatus, State


class BatchView(BaseModel):
    """A payment batch (支付批次). From the seal on, lines, total (fen) and SHA-256 never change."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0199f4d2-7c1e-7b30-9a55-1f6a54f0c009",
                    "number": "310115-20261009-1",
                    "district": "310115",
                    "state": "sealed",
                    "version": 2,
                    "lines": 120,
                    "total_fen": 21600000,
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "drafted_at": "2026-10-09T01:00:00Z",
                    "sealed_at": "2026-10-09T02:00:00Z",
                    "exported_at": None,
                    "end_reason": None,
                }
            ]
        }
    )

    id: UUID
    number: str
    district: str
    state: State
    version: int
    lines: int | None
    total_fen: int | None
    sha256: str | None
    drafted_at: datetime
    sealed_at: datetime | None
    exported_at: datetime | None
    end_reason: str | None = Field(description="作废或退回的原因 · why it was discarded or returned")


class StatusTotals(BaseModel):
    """Lines and fen of one line status."""

    lines: int
    total_fen: int


class BatchDetail(BatchView):
    """A batch with what became of its lines: pending, settled, failed, unknown, held_out (D06), returned."""

    by_status: dict[str, StatusTotals]


class BankResultView(BaseModel):
    """What one result file of the bank (银行回盘) did. The same file sent again answers the same."""

    id: UUID
    batch_id: UUID
    sha256: str
    imported_at: datetime
    lines: int
    settled_lines: int
    settled_fen: int
    failed_lines: int
    unknown_lines: int


def batch_view(batch: Batch) -> BatchView:
    """The view of a batch."""
    return BatchView(
        id=batch.id,
        number=batch.number,
        district=batch.district,
        state=batch.state,
        version=batch.version,
        lines=batch.lines,
        total_fen=batch.total_fen,
        sha256=batch.sha256,
        drafted_at=batch.drafted_at,
        sealed_at=batch.sealed_at,
        exported_at=batch.exported_at,
        end_reason=batch.end_reason,
    )


def batch_detail(batch: Batch, by_status: dict[str, tuple[int, int]]) -> BatchDetail:
    """The view of a batch with its lines counted by status."""
    counted = {status: StatusTotals(lines=lines, total_fen=fen) for status, (lines, fen) in by_status.items()}
    return BatchDetail(**batch_view(batch).model_dump(), by_status=counted)


class BatchFilters(ListQuery):
    """What the batches may be narrowed to."""

    district: DistrictCode | None = None
    state: State | None = None
    number: str | None = Field(default=None, max_length=40, examples=["310115-20261009-1"])
    drafted_since: Instant | None = None
    drafted_until: Instant | None = None
    sort: Literal["id", "-id", "drafted_at", "-drafted_at", "number", "-number"] = "-id"


class BatchPage(BatchFilters, PageQuery):
    """A page of batches."""


class BatchExport(BatchFilters, ExportQuery):
    """Batches as a file."""


class LineFilters(ListQuery):
    """What the lines of a batch may be narrowed to."""

    status: LineStatus | None = None
    claim_id: UUID | None = None
    sort: Literal["line_no", "-line_no"] = "line_no"


class LinePage(LineFilters, PageQuery):
    """A page of lines."""


class LineExport(LineFilters, ExportQuery):
    """Lines as a file; account numbers are masked."""


class LineView(BaseModel):
    """One payment line (支付明细), its holder and account masked."""

    batch_id: UUID
    line_no: int
    claim_id: UUID
    holder: str
    account_masked: str
    amount_fen: int
    fund_year: int
    status: LineStatus
    bank_code: str | None
    bank_result_id: UUID | None
    recalled_on: date | None


class EndReason(Body):
    """Why a draft is discarded, or a batch given back."""

    reason: Note = Field(examples=["申领人账户信息待核实"])


class NewFinding(Body):
    """What a line's result was (核实结果), and how that was found out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"result": "settled", "evidence": "经银行对账单核实，款项已于次日入账"}]
        }
    )

    result: Literal["settled", "failed"]
    bank_code: str | None = Field(
        default=None, min_length=1, max_length=40, validate_default=True, examples=["ACCT_CLOSED"]
    )
    evidence: Note = Field(description="核实依据 · how it was found out")

    @field_validator("bank_code")
    @classmethod
    def _of_a_failure_alone(cls, code: str | None, info: ValidationInfo) -> str | None:
        result = info.data.get("result")
        if result is not None and (result == "failed") != (code is not None):
            raise InvalidText(
                Text("失败须有银行代码，成功不得有", "A failure has a bank code, a success none")
            )
        return code


class FindingView(BaseModel):
    """A finding about a line whose result the bank could not tell (不明款项核实)."""

    id: UUID
    batch_id: UUID
    line_no: int
    result: Literal["settled", "failed"]
    bank_code: str | None
    evidence: str
    state: FindingState
    found_at: datetime
    found_by: str
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None
    version: int


class FindingFilters(ListQuery):
    """What the findings about a batch may be narrowed to."""

    line_no: int | None = None
    state: FindingState | None = None
    sort: Literal["id", "-id"] = "-id"


class FindingPage(FindingFilters, PageQuery):
    """A page of findings."""


class FindingExport(FindingFilters, ExportQuery):
    """Findings as a file."""


def finding_view(row: Row) -> FindingView:
    """The view of a finding."""
    return FindingView(**{name: row[name] for name in FindingView.model_fields})


def line_view(row: Row) -> LineView:
    """The view of a line."""
    shown = {name: row[name] for name in LineView.model_fields if name != "holder"}
    return LineView(**shown, holder=row["masked_name"])
