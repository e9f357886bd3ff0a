"""What is done with complaints: file, investigate, decide, reverse, look at what was said."""

from collections.abc import Iterator
from uuid import UUID

import asyncpg
from chuangpei.amendments import amended
from chuangpei.audit import record
from chuangpei.auth import Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.events.base import InstitutionRef
from chuangpei.events.training import ComplaintDecided
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_FOUND

from training_svc.complaints import repository
from training_svc.complaints.complaint import Channel, Complaint
from training_svc.complaints.lifecycle import Action, State
from training_svc.complaints.schemas import NewComplaint
from training_svc.institutions import repository as institutions
from training_svc.persons import open_contact, seal_contact
from training_svc.service import Service
from training_svc.versions import as_read
from training_svc.visibility import scope_of

_CONTENT = "complaint.content"
_UNKNOWN_INSTITUTION = FieldError(
    "/credit_code", "unknown_institution", Text("没有此培训机构", "There is no such institution")
)
_UNKNOWN_CLASS = FieldError(
    "/class_id", "unknown_class", Text("该机构没有此班级", "The institution has no such class")
)
_CITIZENS_ARE_ONLINE = FieldError(
    "/channel", "online_only", Text("本人投诉的渠道为网上", "A citizen complains online")
)
_NEEDS_CHANNEL = FieldError(
    "/channel",
    "channel_required",
    Text("须写明网上以外的投诉渠道", "Say by which channel it came, other than online"),
)
_NEEDS_COMPLAINANT = FieldError(
    "/complainant", "complainant_required", Text("须写明投诉人", "The complainant must be named")
)


async def file(
    tx: Transaction, service: Service, principal: Principal, body: NewComplaint
) -> Complaint | Refusal:
    """Files a complaint about an institution, the personal data sealed (T06)."""
    institution = await institutions.with_credit_code(tx, body.credit_code)
    if errors := tuple(_errors(principal, body, institution)):
        return Refusal(INVALID_INPUT, errors=errors)
    assert institution is not None, "an unknown one is an error"
    complaint = _new(service, principal, institution, body)
    try:
        async with tx.savepoint():
            await repository.insert_new(tx, complaint)
    except asyncpg.ForeignKeyViolationError:
        return Refusal(INVALID_INPUT, errors=(_UNKNOWN_CLASS,))
    await _record(tx, service, principal, complaint, "file_complaint", None)
    return complaint


async def investigate(
    tx: Transaction, service: Service, principal: Principal, complaint_id: UUID, version: int
) -> Complaint | Refusal:
    """The district takes a complaint up (T06)."""
    complaint = await _changeable(tx, principal, complaint_id, version)
    if isinstance(complaint, Refusal):
        return complaint
    before = complaint.state
    if refusal := complaint.investigate():
        return refusal
    await repository.save(tx, complaint)
    await _record(tx, service, principal, complaint, "investigate_complaint", before)
    return complaint


async def decide(
    tx: Transaction,
    service: Service,
    principal: Principal,
    complaint_id: UUID,
    version: int,
    action: Action,
    outcome: str,
) -> Complaint | Refusal:
    """The district upholds or dismisses what it investigated, and says what it found (T08)."""
    complaint = await _changeable(tx, principal, complaint_id, version)
    if isinstance(complaint, Refusal):
        return complaint
    before = complaint.state
    if refusal := complaint.decide(action, principal.subject, service.clock.today(), outcome):
        return refusal
    await repository.save(tx, complaint)
    await emit(tx, _decided(complaint), service.clock.now())
    await _record(tx, service, principal, complaint, f"{action}_complaint", before)
    return complaint


async def reverse(
    tx: Transaction,
    service: Service,
    principal: Principal,
    complaint_id: UUID,
    version: int,
    outcome: str,
    reason: str,
) -> Complaint | Refusal:
    """Amends a finding to the other one, with the reason; the first is kept (T08)."""
    complaint = await _changeable(tx, principal, complaint_id, version)
    if isinstance(complaint, Refusal):
        return complaint
    before = {"state": str(complaint.state), "outcome": complaint.outcome}
    if refusal := complaint.decide(Action.REVERSE, principal.subject, service.clock.today(), outcome):
        return refusal
    await repository.save(tx, complaint)
    await emit(tx, _decided(complaint), service.clock.now())
    await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="complaint",
        object_id=complaint.id,
        reason=reason,
        before=before,
        after={"state": str(complaint.state), "outcome": outcome},
    )
    return complaint


async def disclose(
    tx: Transaction, service: Service, principal: Principal, complaint_id: UUID, reason: str
) -> tuple[Complaint, str, tuple[str, str] | None] | Refusal:
    """The clear content, name and phone for who investigates (T06); each look is audited with its reason."""
    complaint = await repository.one(tx, complaint_id, scope_of(principal))
    if complaint is None:
        return Refusal(NOT_FOUND)
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action="disclose_complaint",
        object_type="complaint",
        object_id=complaint.id,
        reason=reason,
    )
    content = service.privacy.at_rest.decrypt(complaint.content_encrypted, _CONTENT)
    contact = complaint.complainant
    return complaint, content, open_contact(service.privacy, contact) if contact else None


def _errors(principal: Principal, body: NewComplaint, institution: Row | None) -> Iterator[FieldError]:
    # An officer files for the own district; what lies outside it does not exist there.
    elsewhere = principal.role is Role.DISTRICT_OFFICER and (
        institution is not None and institution["district"] != principal.district
    )
    if institution is None or elsewhere:
        yield _UNKNOWN_INSTITUTION
    if principal.role is Role.CITIZEN:
        if body.channel not in (None, Channel.ONLINE):
            yield _CITIZENS_ARE_ONLINE
        if body.complainant is None:
            yield _NEEDS_COMPLAINANT
    elif body.channel in (None, Channel.ONLINE):
        yield _NEEDS_CHANNEL


def _new(service: Service, principal: Principal, institution: Row, body: NewComplaint) -> Complaint:
    who = body.complainant
    return Complaint(
        id=new_id(),
        institution_id=institution["id"],
        institution_name=institution["name"],
        credit_code=institution["credit_code"],
        class_id=body.class_id,
        district=institution["district"],
        channel=body.channel or Channel.ONLINE,
        subject=body.subject,
        content_encrypted=service.privacy.at_rest.encrypt(body.content, _CONTENT),
        complainant=seal_contact(service.privacy, who.name, who.phone) if who else None,
        person_key=principal.person_key if principal.role is Role.CITIZEN else None,
        state=State.FILED,
        filed_on=service.clock.today(),
        filed_at=service.clock.now(),
        filed_by=principal.subject,
        version=1,
    )


def _decided(complaint: Complaint) -> ComplaintDecided:
    assert complaint.decided_on is not None, "it was decided just now"
    return ComplaintDecided(
        complaint_id=complaint.id,
        institution=InstitutionRef(
            credit_code=complaint.credit_code, name=complaint.institution_name, district=complaint.district
        ),
        subject=complaint.subject,
        upheld=complaint.state is State.UPHELD,
        filed_on=complaint.filed_on,
        decided_on=complaint.decided_on,
    )


async def _changeable(
    tx: Transaction, principal: Principal, complaint_id: UUID, version: int
) -> Complaint | Refusal:
    return as_read(await repository.load_for_update(tx, complaint_id, scope_of(principal)), version)


async def _record(
    tx: Transaction,
    service: Service,
    principal: Principal,
    complaint: Complaint,
    action: str,
    before: State | None,
) -> None:
    # What was found rests on the complaint alone: its words may name people, whom the log names nowhere.
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="complaint",
        object_id=complaint.id,
        from_state=before,
        to_state=complaint.state,
        details={"institution": str(complaint.institution_id), "subject": complaint.subject},
    )
