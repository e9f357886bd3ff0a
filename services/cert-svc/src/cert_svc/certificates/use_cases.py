"""Issuing and revoking certificates."""

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.events.cert import CertificateKind
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_FOUND, PRECONDITION_FAILED

from cert_svc.certificates import repository
from cert_svc.certificates.certificate import Certificate, Evaluated, new_certificate
from cert_svc.certificates.lifecycle import State
from cert_svc.completions.completion import Completion
from cert_svc.credentials import use_cases as credentials
from cert_svc.credentials.repository import withdraw
from cert_svc.people import told
from cert_svc.service import Service

_UNKNOWN_REASON = FieldError(
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

    None when the enrolment has one of this kind already: nothing is changed then.
    """
    at = service.clock.now()
    on = civil_date(at)
    while True:
        number = service.draw_number(kind, on.year)
        certificate = new_certificate(number, kind, completion, evaluated, at)
        if await repository.add(tx, certificate):
            break
        if await repository.has(tx, completion.enrolment_id, kind):
            return None
    await credentials.attest(tx, service, certificate)
    await repository.enter_in_ledger(tx, certificate, "issued", principal, on, at)
    await record(
        tx,
        principal,
        at=at,
        action="issue",
        object_type="certificate",
        object_id=certificate.id,
        to_state=State.VALID,
        details={"number": number, "kind": kind},
    )
    await emit(tx, certificate.issued(told(service.privacy, certificate.person)), at)
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
    on = civil_date(at)
    certificate = await repository.load_for_update(tx, number)
    if certificate is None:
        return Refusal(NOT_FOUND)
    if certificate.version != version:
        return Refusal(PRECONDITION_FAILED)
    reason = service.law.reasons_on(on).get(reason_code)
    if reason is None:
        return Refusal(INVALID_INPUT, errors=(_UNKNOWN_REASON,))
    revoked = certificate.revoke(reason, note, on, at)
    if isinstance(revoked, Refusal):
        return revoked
    await repository.save_revocation(tx, certificate)
    await withdraw(tx, certificate.id, at)
    await repository.enter_in_ledger(tx, certificate, "revoked", principal, on, at)
    await record(
        tx,
        principal,
        at=at,
        action="revoke",
        object_type="certificate",
        object_id=certificate.id,
        from_state=State.VALID,
        to_state=certificate.state,
        reason=note,
        details={"number": certificate.number, "reason_code": reason.code, "exit_ground": reason.exit_ground},
    )
    await emit(tx, revoked, at)
    return certificate
