"""Issuing, reissuing and revoking certificates."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED
from chuangpei.audit import record
from chuangpei.auth import SYSTEM, Principal, Role
from chuangpei.database import Transaction
from chuangpei.events.cert import CertificateKind
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from cert_svc.certificates import repository
from cert_svc.certificates.certificate import Certificate, Evaluated, new_certificate
from cert_svc.certificates.edition import Edition, Replacement
from cert_svc.certificates.identifier import draw_serial, make, of_next_edition
from cert_svc.certificates.lifecycle import Action, State
from cert_svc.certificates.register import register
from cert_svc.completions import repository as completions
from cert_svc.completions.completion import Completion
from cert_svc.credentials import use_cases as credentials
from cert_svc.credentials.repository import withdraw
from cert_svc.people import StoredPerson, renamed, told
from cert_svc.policy.parameters import RevocationReason
from cert_svc.problems import NUMBER_REPLACED
from cert_svc.service import Service

UNKNOWN_REASON = FieldError(
    "/reason_code",
    "unknown_reason",
    Text("没有此撤销原因，见 /cert/v1/revocation-reasons", "No such reason; see /cert/v1/revocation-reasons"),
)


async def issue(
    tx: Transaction,
    service: Service,
    principal: Principal,
    completion: Completion,
    kind: CertificateKind,
    evaluated: Evaluated | None = None,
) -> Certificate | None:
    """Issues a certificate today (Asia/Shanghai): signed, in the ledger, audited, told (C01–C03, C06).

    None when the enrolment has a valid one of this kind already: nothing is changed then.
    """
    if await repository.has(tx, completion.enrolment_id, kind):
        return None
    at = service.clock.now()
    on = civil_date(at)

    def first() -> Edition:
        number, identifier = service.draw_number(kind, on.year), _identifier(service, kind, on, 1)
        return Edition(
            new_id(), 1, number, identifier, completion.person, at, principal.subject, principal.role
        )

    certificate = new_certificate(await _registered(tx, first), kind, completion, evaluated)
    await repository.add(tx, certificate)
    await credentials.attest(tx, service, certificate)
    await repository.enter_in_ledger(tx, certificate, "issued", principal, at)
    await _record(tx, principal, certificate, "issue", at, from_state=None, details={"kind": kind})
    await emit(tx, certificate.issued(told(service.privacy, certificate.person)), at)
    return certificate


async def reissue(
    tx: Transaction,
    service: Service,
    principal: Principal,
    number: str,
    version: int,
    replacement: Replacement,
    name: str | None = None,
) -> Certificate | Refusal:
    """Gives a valid certificate a new number, and a corrected ``name`` where one is given (换发; C06).

    The day of issue stays (D01). The old credential is withdrawn and a new one signed, in the ledger, audited
    and told. What is issued for the training later bears the corrected name too.
    """
    if name:
        await completions.hold(tx, number)
    certificate = await _changeable(tx, principal, number, version)
    if isinstance(certificate, Refusal):
        return certificate
    if not certificate.allows(Action.REISSUE):
        return Refusal(NOT_ALLOWED_NOW)
    person = renamed(service.privacy, certificate.person, name) if name else certificate.person
    if person is None:
        return Refusal(NOTHING_AMENDED)
    at, previous = service.clock.now(), certificate.number
    following = await _registered(
        tx, partial(_following, service, principal, certificate, person, replacement, at)
    )
    reissued = certificate.reissue(following, told(service.privacy, person))
    await repository.save_edition(tx, certificate)
    if name:
        await completions.rename(tx, certificate.enrolment_id, person)
    await withdraw(tx, certificate.id, at)
    await credentials.attest(tx, service, certificate)
    await repository.enter_in_ledger(tx, certificate, "reissued", principal, at, replacement.reason)
    details = {"replaces": previous, "reason_code": replacement.reason, "evidence": replacement.evidence}
    await _record(tx, principal, certificate, "reissue", at, reason=replacement.note, details=details)
    await emit(tx, reissued, at)
    return certificate


async def revoke(
    tx: Transaction,
    service: Service,
    principal: Principal,
    number: str,
    version: int,
    *,
    reason_code: str,
    note: str,
) -> Certificate | Refusal:
    """Revokes a certificate for good, with its ledger line, audit row and event (撤销; C06, D06, D09)."""
    at = service.clock.now()
    certificate = await _changeable(tx, principal, number, version)
    if isinstance(certificate, Refusal):
        return certificate
    reason = service.law.reasons_on(civil_date(at)).get(reason_code)
    if reason is None:
        return Refusal(INVALID_INPUT, errors=(UNKNOWN_REASON,))
    return await _revoked(tx, principal, certificate, reason, note, at)


async def revoke_valid(
    tx: Transaction, service: Service, enrolment_id: UUID, kind: CertificateKind, reason_code: str, note: str
) -> Certificate | None:
    """Revokes the enrolment's valid certificate of a kind, if it has one, for what the platform was told."""
    certificate = await repository.valid_for_update(tx, enrolment_id, kind)
    if certificate is None:
        return None
    at = service.clock.now()
    reason = service.law.reasons_on(civil_date(at))[reason_code]
    revoked = await _revoked(tx, SYSTEM, certificate, reason, note, at)
    assert isinstance(revoked, Certificate), "a valid one can be revoked"
    return revoked


async def _revoked(
    tx: Transaction,
    principal: Principal,
    certificate: Certificate,
    reason: RevocationReason,
    note: str,
    at: datetime,
) -> Certificate | Refusal:
    revoked = certificate.revoke(reason, note, civil_date(at), at)
    if isinstance(revoked, Refusal):
        return revoked
    await repository.save_revocation(tx, certificate)
    await withdraw(tx, certificate.id, at)
    await repository.enter_in_ledger(tx, certificate, "revoked", principal, at, reason.code)
    details = {"reason_code": reason.code, "exit_ground": reason.exit_ground}
    await _record(tx, principal, certificate, "revoke", at, reason=note, details=details)
    await emit(tx, revoked, at)
    return certificate


async def _changeable(
    tx: Transaction, principal: Principal, number: str, version: int
) -> Certificate | Refusal:
    """The locked certificate, for who sees it and read its version, by the number that is in force."""
    certificate = await repository.load_for_update(tx, number)
    if certificate is None or not _sees(principal, certificate):
        return Refusal(NOT_FOUND)
    if certificate.version != version:
        return Refusal(PRECONDITION_FAILED)
    if certificate.number != number:
        now = certificate.number
        return Refusal(NUMBER_REPLACED, detail=Text(f"现行编号 {now}", f"The number in force is {now}"))
    return certificate


def _sees(principal: Principal, certificate: Certificate) -> bool:
    return (
        principal.role is not Role.DISTRICT_OFFICER or principal.district == certificate.institution.district
    )


def _following(
    service: Service,
    principal: Principal,
    certificate: Certificate,
    person: StoredPerson,
    replacement: Replacement,
    at: datetime,
) -> Edition:
    edition, issued_on = certificate.edition + 1, certificate.issued_on
    if certificate.identifier is None:
        identifier = _identifier(service, certificate.kind, issued_on, edition)
    else:
        identifier = of_next_edition(certificate.identifier)
    return Edition(
        certificate_id=certificate.id,
        edition=edition,
        number=service.draw_number(certificate.kind, issued_on.year),
        identifier=identifier,
        person=person,
        at=at,
        actor=principal.subject,
        role=principal.role,
        replacement=replacement,
    )


def _identifier(service: Service, kind: CertificateKind, issued_on: date, edition: int) -> str:
    """A new 电子证照标识, by the codes of the day of issue."""
    terms = service.law.certificates.on(issued_on)
    return make(terms.kinds[kind].type_code, terms.issuer.credit_code, draw_serial(issued_on), edition)


async def _registered(tx: Transaction, drawn: Callable[[], Edition]) -> Edition:
    """An edition under a number and an identifier that were never given out, entered in the register."""
    while True:
        edition = drawn()
        if await register(tx, edition):
            return edition


async def _record(
    tx: Transaction,
    principal: Principal,
    certificate: Certificate,
    action: str,
    at: datetime,
    *,
    from_state: State | None = State.VALID,
    reason: str | None = None,
    details: Mapping[str, Any],
) -> None:
    await record(
        tx,
        principal,
        at=at,
        action=action,
        object_type="certificate",
        object_id=certificate.id,
        from_state=from_state,
        to_state=certificate.state,
        reason=reason,
        details={"number": certificate.number} | dict(details),
    )
