"""What is done with rosters: receive a file. The rest is work (``work.py``)."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.privacy import Privacy
from chuangpei.problems import NOT_FOUND
from chuangpei.sheets.reader import SheetRow, read_sheet

from training_svc.classes import repository as classes
from training_svc.rosters import repository
from training_svc.rosters.checking import sealed_row
from training_svc.rosters.columns import COLUMNS
from training_svc.rosters.lifecycle import State
from training_svc.rosters.roster_import import Mode, RosterImport
from training_svc.service import Service
from training_svc.visibility import scope_of

SealedRows = Mapping[int, str]
"""Encrypted rows by their lines."""


async def read(
    service: Service, principal: Principal, class_id: UUID, content: bytes
) -> SealedRows | Refusal:
    """Reads the file, for a class that one sees; a file that is no roster is refused with every reason."""
    if await classes.summary(service.database, class_id, scope_of(principal)) is None:
        return Refusal(NOT_FOUND)
    rows = await read_sheet(content, COLUMNS)
    if isinstance(rows, Refusal):
        return rows
    return await asyncio.to_thread(_sealed, service.privacy, rows)


async def receive(
    tx: Transaction,
    service: Service,
    principal: Principal,
    class_id: UUID,
    mode: Mode,
    rows: SealedRows,
) -> RosterImport:
    """Takes the rows in to be worked on at once (T06)."""
    now = service.clock.now()
    received = RosterImport(
        id=new_id(),
        class_id=class_id,
        mode=mode,
        state=State.RECEIVED,
        received_at=now,
        received_by=principal.subject,
        credit_code=principal.credit_code or "",
        rows=len(rows),
        due_at=now,
    )
    await repository.insert_new(tx, received, rows)
    await record(
        tx,
        principal,
        at=now,
        action="receive_roster",
        object_type="roster",
        object_id=received.id,
        to_state=received.state,
        details={"class": str(class_id), "mode": mode, "rows": received.rows},
    )
    return received


def _sealed(privacy: Privacy, rows: Sequence[SheetRow]) -> SealedRows:
    return {row.line: sealed_row(privacy, row) for row in rows}
