"""What people find out about a line whose result the bank could not tell (S10, D05).

One finds, another confirms. Such a line may have been paid, so nothing pays it again before this, or a later
file of the bank, has decided.
"""

from typing import Any
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import FOUR_EYES, NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from subsidy_svc.claims.reviewers import is_same_person
from subsidy_svc.payments import finding_repository as repository
from subsidy_svc.payments import repository as batches
from subsidy_svc.payments import settlement_repository as answers
from subsidy_svc.payments.bank_file import ResultLine
from subsidy_svc.payments.batch import Batch
from subsidy_svc.payments.entries import entries_of_finding
from subsidy_svc.payments.lifecycle import FindingState, LineStatus
from subsidy_svc.payments.schemas import FindingView, NewFinding, finding_view
from subsidy_svc.payments.settlement import take_effect
from subsidy_svc.problems import FINDING_WAITS
from subsidy_svc.service import Service

_NOT_UNKNOWN = Text("该笔结果已明确", "The result of this line is known")


async def propose(
    tx: Transaction, service: Service, city: Principal, batch_id: UUID, line_no: int, body: NewFinding
) -> FindingView | Refusal:
    """Says what a line's result was, with the evidence; another person must confirm it."""
    batch = await batches.load_for_update(tx, batch_id)
    line = await repository.line(tx, batch_id, line_no) if batch else None
    if batch is None or line is None:
        return Refusal(NOT_FOUND)
    if line["status"] != LineStatus.UNKNOWN:
        return Refusal(NOT_ALLOWED_NOW, detail=_NOT_UNKNOWN)
    row = await repository.add(tx, _proposed(service, city, batch, line_no, body))
    if row is None:
        return Refusal(FINDING_WAITS)
    await _recorded(tx, service, city, row, None)
    return finding_view(row)


async def confirm(
    tx: Transaction, service: Service, city: Principal, batch_id: UUID, finding_id: UUID, version: int
) -> FindingView | Refusal:
    """Another person confirms: the line has its result, as if the bank had told it (S10, O04)."""
    batch, row = await _waiting(tx, batch_id, finding_id, version)
    if batch is None or isinstance(row, Refusal):
        return row if isinstance(row, Refusal) else Refusal(NOT_FOUND)
    if is_same_person(city, row["found_by"], row["found_by_person"]):
        return Refusal(FOUR_EYES)
    line = await repository.line(tx, batch_id, row["line_no"])
    assert line is not None, "a finding has its line"
    result = ResultLine(
        at=0,
        line_no=row["line_no"],
        claim_id=line["claim_id"],
        amount_fen=line["amount_fen"],
        payee_digest=b"",
        status=LineStatus(row["result"]),
        bank_code=row["bank_code"],
    )
    changed = await answers.answer(tx, batch_id, None, [result])
    decided = await _decided(tx, service, city, row, FindingState.CONFIRMED)
    await take_effect(tx, service, city, batch, changed, entries_of_finding(batch, changed))
    return finding_view(decided)


async def refuse(
    tx: Transaction,
    service: Service,
    city: Principal,
    batch_id: UUID,
    finding_id: UUID,
    version: int,
    reason: str,
) -> FindingView | Refusal:
    """The finding is not right, or its finder takes it back: the line stays unknown."""
    batch, row = await _waiting(tx, batch_id, finding_id, version)
    if batch is None or isinstance(row, Refusal):
        return row if isinstance(row, Refusal) else Refusal(NOT_FOUND)
    return finding_view(await _decided(tx, service, city, row, FindingState.REFUSED, reason))


async def _waiting(
    tx: Transaction, batch_id: UUID, finding_id: UUID, version: int
) -> tuple[Batch | None, Row | Refusal]:
    batch = await batches.load_for_update(tx, batch_id)
    row = await repository.for_update(tx, batch_id, finding_id) if batch else None
    if row is None:
        return batch, Refusal(NOT_FOUND)
    if row["version"] != version:
        return batch, Refusal(PRECONDITION_FAILED)
    return batch, row if row["state"] == FindingState.PROPOSED else Refusal(NOT_ALLOWED_NOW)


async def _decided(
    tx: Transaction,
    service: Service,
    city: Principal,
    row: Row,
    state: FindingState,
    reason: str | None = None,
) -> Row:
    values = {
        "state": state,
        "decided_at": service.clock.now(),
        "decided_by": city.subject,
        "decided_by_person": city.person_key,
        "reason": reason,
    }
    decided = await repository.decide(tx, row["id"], values)
    await _recorded(tx, service, city, decided, FindingState.PROPOSED)
    return decided


async def _recorded(
    tx: Transaction, service: Service, city: Principal, row: Row, before: FindingState | None
) -> None:
    await record(
        tx,
        city,
        at=service.clock.now(),
        action=f"line_finding.{row['state']}",
        object_type="line_finding",
        object_id=row["id"],
        from_state=before,
        to_state=row["state"],
        reason=row["reason"],
        details={"batch_id": str(row["batch_id"]), "line_no": row["line_no"], "result": row["result"]},
    )


def _proposed(
    service: Service, city: Principal, batch: Batch, line_no: int, body: NewFinding
) -> dict[str, Any]:
    return body.model_dump() | {
        "id": new_id(),
        "batch_id": batch.id,
        "line_no": line_no,
        "district": batch.district,
        "state": FindingState.PROPOSED,
        "found_at": service.clock.now(),
        "found_by": city.subject,
        "found_by_person": city.person_key,
        "version": 1,
    }
