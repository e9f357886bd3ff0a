"""Objections (异议): received from anyone, decided by the district; each holds one claim alone (S09, D04)."""

from typing import Any
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.masking import mask_name
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from subsidy_svc.access import may_see_district
from subsidy_svc.claims import repository as claims
from subsidy_svc.claims.lifecycle import Action
from subsidy_svc.claims.reviewers import own_claim
from subsidy_svc.claims.use_cases import keep
from subsidy_svc.notices import repository
from subsidy_svc.notices.schemas import ObjectionBody, ObjectionReceipt, ObjectionView, objection_view
from subsidy_svc.problems import NOTICE_CLOSED
from subsidy_svc.service import Service

PUBLIC = Principal("public", Role.CITIZEN)
"""Anyone, not signed in: notices and objections are open to all (S08)."""


async def object_to(
    tx: Transaction, service: Service, notice_id: UUID, body: ObjectionBody
) -> ObjectionReceipt | Refusal:
    """Receives an objection within the notice's days; the claim is held until it is decided (S09, D04)."""
    today = service.clock.today()
    notice = await repository.one(tx, notice_id)
    if notice is None:
        return Refusal(NOT_FOUND)
    if not notice["first_day"] <= today <= notice["last_day"]:
        return Refusal(NOTICE_CLOSED)
    row = await claims.load_for_update(tx, notice["claim_id"])
    assert row is not None, "a notice has its claim"
    claim = claims.claim_from(row)
    change = claim.object(today)
    if isinstance(change, Refusal):
        return Refusal(NOTICE_CLOSED)
    values = _received(service, notice, body)
    await repository.add_objection(tx, values)
    await keep(tx, service, PUBLIC, row, claim, change, Action.OBJECT)
    return ObjectionReceipt(id=values["id"], notice_id=notice_id, received_at=values["received_at"])


async def dismiss(
    tx: Transaction, service: Service, officer: Principal, objection_id: UUID, version: int, reason: str
) -> ObjectionView | Refusal:
    """The objection does not stand; without another one the claim goes on (S09)."""
    locked = await _locked(tx, officer, objection_id, version)
    if isinstance(locked, Refusal):
        return locked
    claim_row, objection = locked
    decided = await _decided(tx, service, officer, objection, "dismissed", reason)
    if await repository.standing_objections(tx, objection["claim_id"]) == 0:
        claim = claims.claim_from(claim_row)
        change = claim.dismiss_last_objection(service.clock.today())
        if isinstance(change, Refusal):
            return change
        await keep(tx, service, officer, claim_row, claim, change, Action.DISMISS_OBJECTION)
    return objection_view(decided)


async def uphold(
    tx: Transaction, service: Service, officer: Principal, objection_id: UUID, version: int, reason: str
) -> ObjectionView | Refusal:
    """The objection was right: the claim stops and its place is free again (S09, D03)."""
    locked = await _locked(tx, officer, objection_id, version)
    if isinstance(locked, Refusal):
        return locked
    claim_row, objection = locked
    claim = claims.claim_from(claim_row)
    change = claim.uphold_objection(service.clock.today(), reason)
    if isinstance(change, Refusal):
        return change
    decided = await _decided(tx, service, officer, objection, "upheld", reason)
    await keep(tx, service, officer, claim_row, claim, change, Action.UPHOLD_OBJECTION)
    return objection_view(decided)


async def _locked(
    tx: Transaction, officer: Principal, objection_id: UUID, version: int
) -> tuple[Row, Row] | Refusal:
    """The claim's row and the objection's, locked in this order, as everything else locks them."""
    seen = await repository.objection(tx, objection_id)
    if seen is None or not may_see_district(officer, seen["district"]):
        return Refusal(NOT_FOUND)
    claim = await claims.load_for_update(tx, seen["claim_id"])
    objection = await repository.objection_for_update(tx, objection_id)
    assert claim is not None, "an objection has its claim"
    assert objection is not None, "objections are never deleted"
    if refusal := own_claim(officer, claim["person_key"]):
        return refusal
    if objection["version"] != version:
        return Refusal(PRECONDITION_FAILED)
    return (claim, objection) if objection["state"] == "open" else Refusal(NOT_ALLOWED_NOW)


async def _decided(
    tx: Transaction, service: Service, officer: Principal, objection: Row, state: str, reason: str
) -> Row:
    now = service.clock.now()
    values = {"state": state, "decision_reason": reason, "decided_by": officer.subject, "decided_at": now}
    await record(
        tx,
        officer,
        at=now,
        action=f"objection.{state}",
        object_type="objection",
        object_id=objection["id"],
        from_state="open",
        to_state=state,
        reason=reason,
    )
    return await repository.decide_objection(tx, objection["id"], values)


def _received(service: Service, notice: Row, body: ObjectionBody) -> dict[str, Any]:
    at_rest = service.privacy.at_rest
    return {
        "id": new_id(),
        "notice_id": notice["id"],
        "claim_id": notice["claim_id"],
        "district": notice["district"],
        "text": body.text,
        "masked_name": mask_name(body.name) if body.name else None,
        "name_encrypted": at_rest.encrypt(body.name, "objection.name") if body.name else None,
        "contact_encrypted": at_rest.encrypt(body.contact, "objection.contact") if body.contact else None,
        "received_at": service.clock.now(),
        "state": "open",
        "version": 1,
    }
