"""What the city centre does with agencies: grant, amend, suspend, resume."""

import base64
import os
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND, PRECONDITION_FAILED

from webhook_svc.agencies import repository
from webhook_svc.agencies.lifecycle import NEXT, Action, State
from webhook_svc.agencies.schemas import AgencyAmendment, NewAgency
from webhook_svc.problems import AGENCY_EXISTS
from webhook_svc.service import Service
from webhook_svc.transitions import next_state

PERSON_SALT = "agency.person_salt"
"""What the encrypted salt of an agency's pseudonyms is bound to."""


async def grant(tx: Transaction, service: Service, principal: Principal, body: NewAgency) -> Row | Refusal:
    """Registers an agency with what it is granted (接入授权); refused where its client has a grant."""
    agency_id, now = new_id(), service.clock.now()
    salt = base64.b64encode(os.urandom(32)).decode()
    own = {"id": agency_id, "state": State.ACTIVE, "granted_at": now, "version": 1}
    sealed = {"person_salt_encrypted": service.privacy.at_rest.encrypt(salt, PERSON_SALT)}
    if not await repository.insert_new(tx, body.model_dump() | own | sealed):
        return Refusal(AGENCY_EXISTS)
    await record(
        tx,
        principal,
        at=now,
        action="grant",
        object_type="agency",
        object_id=agency_id,
        to_state=State.ACTIVE,
    )
    row = await repository.one(tx, agency_id)
    assert row is not None, "it was written just now"
    return row


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    agency_id: UUID,
    version: int,
    body: AgencyAmendment,
) -> Row | Refusal:
    """Changes what an agency is granted, with the reason; from then on no more than that is owed to it."""
    agency = await _at(tx, agency_id, version)
    if isinstance(agency, Refusal):
        return agency
    changes = body.changes()
    kept = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="agency",
        object_id=agency_id,
        reason=body.reason,
        before={name: agency[name] for name in changes},
        after=changes,
    )
    return await repository.save(tx, agency_id, dict(agency) | changes) if kept else Refusal(NOTHING_AMENDED)


async def step(
    tx: Transaction,
    service: Service,
    principal: Principal,
    agency_id: UUID,
    version: int,
    action: Action,
    reason: str,
) -> Row | Refusal:
    """Suspends an agency's access (暂停接入) or gives it back; meanwhile what it is owed is kept."""
    agency = await _at(tx, agency_id, version)
    if isinstance(agency, Refusal):
        return agency
    before = State(agency["state"])
    after = next_state(NEXT, before, action)
    if isinstance(after, Refusal):
        return after
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="agency",
        object_id=agency_id,
        from_state=before,
        to_state=after,
        reason=reason,
    )
    tx.after_commit(service.waking.wake)
    return await repository.save(tx, agency_id, dict(agency) | {"state": after})


async def _at(tx: Transaction, agency_id: UUID, version: int) -> Row | Refusal:
    agency = await repository.load_for_update(tx, agency_id)
    if agency is None:
        return Refusal(NOT_FOUND)
    return agency if agency["version"] == version else Refusal(PRECONDITION_FAILED)
