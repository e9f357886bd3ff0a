"""What anybody does without an account: object, and read by the receipt what became of it (S09, D04)."""

from typing import Any
from uuid import UUID

from chuangpei.auth import Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.masking import mask_name
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND

from subsidy_svc.attachments.transfer import shown as files_of
from subsidy_svc.claims import repository as claims
from subsidy_svc.claims.lifecycle import Action as ClaimAction
from subsidy_svc.claims.use_cases import keep
from subsidy_svc.law.published import law_of
from subsidy_svc.notices import repository as notices
from subsidy_svc.objections import repository
from subsidy_svc.objections.evidence import home_of
from subsidy_svc.objections.lifecycle import State
from subsidy_svc.objections.receipt import digest_of, receipt_of
from subsidy_svc.objections.schemas import ObjectionBody, ObjectionFiled, ObjectionStatus
from subsidy_svc.policy.review import due_day
from subsidy_svc.problems import NOTICE_CLOSED
from subsidy_svc.service import Service

PUBLIC = Principal("public", Role.CITIZEN)
"""Anyone, not signed in: notices and objections are open to all (S08)."""

NAME, CONTACT = "objection.name", "objection.contact"
"""What the objector's name and contact are encrypted for."""


async def object_to(
    tx: Transaction, service: Service, notice_id: UUID, body: ObjectionBody
) -> ObjectionFiled | Refusal:
    """Receives an objection within the notice's days; the claim is held from now on (S09, D04).

    The day counts at which the claim is locked: before midnight nothing can have cleared it, and after it
    the notice is over.
    """
    seen = await notices.one(tx, notice_id)
    if seen is None:
        return Refusal(NOT_FOUND)
    row = await claims.load_for_update(tx, seen["claim_id"])
    assert row is not None, "a notice has its claim"
    notice, today = await notices.of_claim(tx, row["id"]), service.clock.today()
    claim = claims.claim_from(row)
    change = claim.object(today)
    if isinstance(change, Refusal) or notices.period_of(notice).is_over(today):
        return Refusal(NOTICE_CLOSED)
    law = await law_of(tx, service, row["issued_on"])
    due_on = due_day(today, law.objections.acceptance_working_days, law.calendar)
    values = _received(service, notice, body) | {"due_on": due_on}
    await repository.add(tx, values)
    await keep(tx, service, PUBLIC, row, claim, change, ClaimAction.OBJECT)
    return ObjectionFiled(**{name: values[name] for name in ObjectionFiled.model_fields})


async def status(service: Service, receipt: str) -> ObjectionStatus | Refusal:
    """What became of the objection of a receipt, and the files it has (S09)."""
    row = await repository.by_receipt(service.database, digest_of(receipt))
    if row is None:
        return Refusal(NOT_FOUND)
    shown = {name: row[name] for name in ObjectionStatus.model_fields if name != "evidence"}
    return ObjectionStatus(**shown, evidence=await files_of(service, home_of(row["id"])))


def _received(service: Service, notice: Row, body: ObjectionBody) -> dict[str, Any]:
    objection_id, at_rest = new_id(), service.privacy.at_rest
    return {
        "id": objection_id,
        "notice_id": notice["id"],
        "claim_id": notice["claim_id"],
        "district": notice["district"],
        "text": body.text,
        "masked_name": mask_name(body.name) if body.name else None,
        "name_encrypted": at_rest.encrypt(body.name, NAME) if body.name else None,
        "contact_encrypted": at_rest.encrypt(body.contact, CONTACT) if body.contact else None,
        "receipt_digest": digest_of(receipt_of(service.privacy, objection_id)),
        "received_at": service.clock.now(),
        "state": State.RECEIVED,
        "version": 1,
    }
