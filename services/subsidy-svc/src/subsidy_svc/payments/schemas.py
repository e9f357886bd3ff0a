"""What the API shows of payment batches."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from subsidy_svc.payments.batch import Batch
from subsidy_svc.payments.lifecycle import State


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


class StatusTotals(BaseModel):
    """Lines and fen of one line status."""

    lines: int
    total_fen: int


class BatchDetail(BatchView):
    """A batch with what became of its lines: pending, settled, failed, held_out (D06)."""

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
    )


def batch_detail(batch: Batch, by_status: dict[str, tuple[int, int]]) -> BatchDetail:
    """The view of a batch with its lines counted by status."""
    counted = {status: StatusTotals(lines=lines, total_fen=fen) for status, (lines, fen) in by_status.items()}
    return BatchDetail(**batch_view(batch).model_dump(), by_status=counted)
