"""Recoveries (追回): opened for paid claims whose certificate was revoked (D06)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from chuangpei.auth import SYSTEM
from chuangpei.database import Row, Transaction
from chuangpei.events.subsidy import RecoveryOpened
from chuangpei.kernel.identifiers import new_id
from chuangpei.outbox import emit

from subsidy_svc.bulk import record_all
from subsidy_svc.ledger.chart import Fund, Occasion
from subsidy_svc.ledger.posting import Entry, post
from subsidy_svc.recoveries import repository
from subsidy_svc.service import Service


async def open_recoveries(tx: Transaction, service: Service, paid: Sequence[Row], on: date) -> None:
    """Opens one recovery for each paid claim that has none (D06). The place stays taken (D03)."""
    if not paid:
        return
    rows = [_recovery(row, on) for row in paid]
    opened_claims = await repository.open_all(tx, rows)
    opened = [row for row in rows if row["claim_id"] in opened_claims]
    now = service.clock.now()
    await record_all(
        tx,
        SYSTEM,
        at=now,
        action="recovery.open",
        object_type="claim",
        objects=[row["claim_id"] for row in opened],
        from_state="paid",
        to_state="paid",
        reason="certificate_revoked",
    )
    await post(tx, service, SYSTEM, [_entry(row) for row in opened])
    await emit(tx, [RecoveryOpened.model_validate(row | {"recovery_id": row["id"]}) for row in opened], now)


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(
        occasion=Occasion.OPEN_RECOVERY,
        fund=Fund(row["district"], row["fund_year"]),
        amount_fen=row["amount_fen"],
        claim_id=row["claim_id"],
        recovery_id=row["id"],
    )


def _recovery(row: Row, on: date) -> dict[str, Any]:
    return {
        "id": new_id(),
        "claim_id": row["id"],
        "certificate_id": row["certificate_id"],
        "person_key": row["person_key"],
        "masked_name": row["masked_name"],
        "district": row["district"],
        "amount_fen": row["amount_fen"],
        "fund_year": row["fund_year"],
        "cause": "certificate_revoked",
        "opened_on": on,
        "state": "open",
    }
