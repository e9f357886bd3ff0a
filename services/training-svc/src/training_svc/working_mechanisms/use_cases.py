"""What is done with working mechanisms: file, accept, return, amend (O01)."""

from collections.abc import Callable
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.problems import MECHANISM_PENDING
from training_svc.service import Service
from training_svc.versions import as_read
from training_svc.visibility import scope_of
from training_svc.working_mechanisms import repository
from training_svc.working_mechanisms.lifecycle import State
from training_svc.working_mechanisms.mechanism import Contact, Mechanism
from training_svc.working_mechanisms.schemas import MechanismAmendment, NewMechanism


async def file_mechanism(
    tx: Transaction, service: Service, principal: Principal, body: NewMechanism
) -> Mechanism | Refusal:
    """A district files its working mechanism with the city centre (报备; O01)."""
    mechanism = Mechanism(
        id=new_id(),
        district=principal.district or "",
        title=body.title,
        document_reference=body.document_reference,
        responsible_unit=body.responsible_unit,
        contact=Contact.sealed(service.privacy, body.contact.name, body.contact.phone),
        state=State.FILED,
        filed_at=service.clock.now(),
        filed_on=service.clock.today(),
        version=1,
    )
    if not await repository.insert_new(tx, mechanism, principal.subject):
        return Refusal(MECHANISM_PENDING)
    await _record(tx, service, principal, mechanism, "file_mechanism", None)
    return mechanism


async def accept(
    tx: Transaction, service: Service, principal: Principal, mechanism_id: UUID, version: int
) -> Mechanism | Refusal:
    """The city centre takes the mechanism on file (备案; O01)."""
    now = service.clock.now()
    return await _decided(
        tx,
        service,
        principal,
        mechanism_id,
        version,
        "accept_mechanism",
        lambda mechanism: mechanism.accept(principal.subject, now),
    )


async def send_back(
    tx: Transaction, service: Service, principal: Principal, mechanism_id: UUID, version: int, reason: str
) -> Mechanism | Refusal:
    """The city centre returns the mechanism, saying why (退回; O01)."""
    now = service.clock.now()
    return await _decided(
        tx,
        service,
        principal,
        mechanism_id,
        version,
        "return_mechanism",
        lambda mechanism: mechanism.send_back(principal.subject, now, reason),
    )


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    mechanism_id: UUID,
    version: int,
    body: MechanismAmendment,
) -> Mechanism | Refusal:
    """The district corrects what is on file: document, unit or contact (更正; O01)."""
    mechanism = await _changeable(tx, principal, mechanism_id, version)
    if isinstance(mechanism, Refusal):
        return mechanism
    if mechanism.state is not State.ACCEPTED:
        return Refusal(NOT_ALLOWED_NOW)
    before = _shown(mechanism)
    mechanism.document_reference = body.document_reference or mechanism.document_reference
    mechanism.responsible_unit = body.responsible_unit or mechanism.responsible_unit
    mechanism.version += 1
    after = _shown(mechanism)
    if body.contact:
        contact = Contact.sealed(service.privacy, body.contact.name, body.contact.phone)
        if not contact.is_same_as(service.privacy, mechanism.contact):
            mechanism.contact = contact
            # The version too: the masks alone may look the same before and after.
            before["contact_of_version"], after["contact_of_version"] = str(version), str(version + 1)
            after["contact"] = str(contact)
    await repository.save(tx, mechanism)
    changed = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="working_mechanism",
        object_id=mechanism.id,
        reason=body.reason,
        before=before,
        after=after,
    )
    return mechanism if changed else Refusal(NOTHING_AMENDED)


def _shown(mechanism: Mechanism) -> dict[str, str]:
    return {
        "document_reference": mechanism.document_reference,
        "responsible_unit": mechanism.responsible_unit,
        "contact": str(mechanism.contact),
    }


async def _decided(
    tx: Transaction,
    service: Service,
    principal: Principal,
    mechanism_id: UUID,
    version: int,
    action: str,
    decide_it: Callable[[Mechanism], Refusal | None],
) -> Mechanism | Refusal:
    mechanism = await _changeable(tx, principal, mechanism_id, version)
    if isinstance(mechanism, Refusal):
        return mechanism
    before = mechanism.state
    if refusal := decide_it(mechanism):
        return refusal
    await repository.save(tx, mechanism)
    await _record(tx, service, principal, mechanism, action, before)
    return mechanism


async def _changeable(
    tx: Transaction, principal: Principal, mechanism_id: UUID, version: int
) -> Mechanism | Refusal:
    return as_read(await repository.load_for_update(tx, mechanism_id, scope_of(principal)), version)


async def _record(
    tx: Transaction,
    service: Service,
    principal: Principal,
    mechanism: Mechanism,
    action: str,
    before: State | None,
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="working_mechanism",
        object_id=mechanism.id,
        from_state=before,
        to_state=mechanism.state,
        reason=mechanism.reason,
        details={"district": mechanism.district, "document": mechanism.document_reference},
    )
