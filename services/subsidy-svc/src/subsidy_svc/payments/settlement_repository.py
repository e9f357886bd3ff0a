"""Named queries that compare a bank's file with its batch and write its answers, each for the whole file."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from sqlalchemy import bindparam, func

from subsidy_svc.claims.tables import claims, reservations
from subsidy_svc.payments.bank_file import MOST_ERRORS, ResultLine
from subsidy_svc.payments.lifecycle import LineStatus
from subsidy_svc.payments.tables import WAITING, bank_results, lines
from subsidy_svc.windows.tables import windows


def _array(name: str, kind: type[sa.types.TypeEngine[Any]]) -> sa.BindParameter[Any]:
    return bindparam(name, type_=sa.ARRAY(kind))


_given = (
    func.unnest(
        _array("at", sa.Integer),
        _array("line_no", sa.Integer),
        _array("claim_id", sa.Uuid),
        _array("amount_fen", sa.BigInteger),
        _array("payee_digest", sa.LargeBinary),
    )
    .table_valued(
        sa.column("at", sa.Integer),
        sa.column("line_no", sa.Integer),
        sa.column("claim_id", sa.Uuid),
        sa.column("amount_fen", sa.BigInteger),
        sa.column("payee_digest", sa.LargeBinary),
        name="given",
    )
    .render_derived()
)
_fault = sa.case(
    (sa.or_(lines.c.claim_id.is_(None), lines.c.claim_id != _given.c.claim_id), "foreign"),
    (lines.c.amount_fen != _given.c.amount_fen, "altered_amount"),
    (lines.c.payee_digest != _given.c.payee_digest, "altered_payee"),
    (lines.c.status == "held_out", "held_out"),
    (lines.c.status.not_in(WAITING), "answered_before"),
).label("fault")
_compared = (
    sa.select(_given.c.at, _fault)
    .select_from(
        _given.outerjoin(
            lines,
            sa.and_(
                lines.c.batch_id == bindparam("batch_id", type_=sa.Uuid), lines.c.line_no == _given.c.line_no
            ),
        )
    )
    .subquery("compared")
)
_FAULTS = Statement(
    sa.select(_compared.c.at, _compared.c.fault)
    .where(_compared.c.fault.is_not(None))
    .order_by(_compared.c.at)
    .limit(MOST_ERRORS)
)

_answers = (
    func.unnest(_array("line_no", sa.Integer), _array("status", sa.Text), _array("bank_code", sa.Text))
    .table_valued(
        sa.column("line_no", sa.Integer),
        sa.column("status", sa.Text),
        sa.column("bank_code", sa.Text),
        name="answer",
    )
    .render_derived()
)
_ANSWER_LINES = Statement(
    lines.update()
    .where(
        lines.c.batch_id == bindparam("batch_id", type_=sa.Uuid),
        lines.c.line_no == _answers.c.line_no,
        lines.c.status.in_(WAITING),
    )
    .values(
        status=_answers.c.status,
        bank_code=_answers.c.bank_code,
        bank_result_id=bindparam("bank_result_id", type_=sa.Uuid),
    )
)
# A line recalled because its certificate was revoked, and not paid after all, stops its claim (D06).
_new_state = sa.case(
    (lines.c.status == "settled", "paid"),
    (lines.c.recalled_on.is_not(None), "stopped"),
    else_="payment_failed",
)
_ANSWER_CLAIMS = Statement(
    claims.update()
    .where(
        claims.c.id == lines.c.claim_id,
        windows.c.certificate_id == claims.c.certificate_id,
        lines.c.batch_id == bindparam("batch_id", type_=sa.Uuid),
        lines.c.line_no == sa.any_(_array("line_no", sa.Integer)),
        lines.c.status != "unknown",
        claims.c.state == "cleared",
    )
    .values(state=_new_state, version=claims.c.version + 1)
    .returning(
        claims.c.id,
        claims.c.certificate_id,
        claims.c.person_key,
        claims.c.district,
        claims.c.institution_credit_code,
        claims.c.project_code,
        claims.c.amount_fen,
        claims.c.fund_year,
        claims.c.case_number,
        claims.c.state,
        windows.c.masked_name,
        lines.c.bank_code,
        lines.c.recalled_on,
    )
)
_RELEASE_ALL = Statement(
    reservations.delete().where(reservations.c.claim_id == sa.any_(_array("claim_ids", sa.Uuid)))
)
_BY_SHA256 = Statement(sa.select(bank_results).where(bank_results.c.sha256 == bindparam("sha256")))
_REMEMBER = Statement(
    bank_results.insert().values(
        {column.name: bindparam(column.name, type_=column.type) for column in bank_results.columns}
    )
)


async def faults(tx: Transaction, batch_id: UUID, found: Sequence[ResultLine]) -> list[tuple[int, str]]:
    """Where the file and the batch differ: the line of the file, and how."""
    values = {
        "batch_id": batch_id,
        "at": [line.at for line in found],
        "line_no": [line.line_no for line in found],
        "claim_id": [line.claim_id for line in found],
        "amount_fen": [line.amount_fen for line in found],
        "payee_digest": [line.payee_digest for line in found],
    }
    return [(row["at"], row["fault"]) for row in await tx.rows(_FAULTS, values)]


async def answer(
    tx: Transaction, batch_id: UUID, bank_result_id: UUID | None, found: Sequence[ResultLine]
) -> list[Row]:
    """Writes the answers to lines and claims; returns the claims that changed, as they stand now.

    An unknown result changes no claim: it may have been paid.
    """
    line_numbers = [line.line_no for line in found]
    values = {
        "batch_id": batch_id,
        "bank_result_id": bank_result_id,
        "line_no": line_numbers,
        "status": [line.status for line in found],
        "bank_code": [line.bank_code for line in found],
    }
    answered = await tx.execute(_ANSWER_LINES, values)
    changed = await tx.rows(_ANSWER_CLAIMS, {"batch_id": batch_id, "line_no": line_numbers})
    known = sum(line.status is not LineStatus.UNKNOWN for line in found)
    assert answered == len(found), "each line waits for an answer"
    assert len(changed) == known, "each known answer is of one claim that waits for it"
    return changed


async def release_places(tx: Transaction, claim_ids: Sequence[UUID]) -> None:
    """Frees the places of claims that stopped, each exactly once (D03)."""
    released = await tx.execute(_RELEASE_ALL, {"claim_ids": list(claim_ids)})
    assert released == len(claim_ids), "each claim had one place"


async def by_sha256(tx: Transaction, digest: str) -> Row | None:
    """The file imported with this SHA-256."""
    return await tx.row(_BY_SHA256, {"sha256": digest})


async def remember(tx: Transaction, values: dict[str, Any]) -> None:
    """Remembers an imported file, so that it counts once."""
    await tx.execute(_REMEMBER, values)
