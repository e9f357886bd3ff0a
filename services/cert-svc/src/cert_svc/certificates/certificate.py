"""The certificate (证书): what the paper says, and its revocation. Everything else about it never changes."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chuangpei.events.base import InstitutionRef, PersonRef, ProjectRef
from chuangpei.events.cert import CertificateIssued, CertificateKind, CertificateRevoked
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW

from cert_svc.certificates.lifecycle import NEXT, Action, State
from cert_svc.completions.completion import Completion
from cert_svc.people import StoredPerson
from cert_svc.policy.parameters import ExitGround, RevocationReason


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The evaluation that a 合格证书 rests on, and the civil date it was held."""

    evaluation_id: UUID
    on: date


@dataclass(frozen=True, slots=True)
class Revocation:
    """Why and when (civil date in Asia/Shanghai, and UTC instant) a certificate was revoked (撤销)."""

    reason_code: str
    exit_ground: ExitGround | None
    note: str
    on: date
    at: datetime


@dataclass(slots=True)
class Certificate:
    """One certificate of one enrolment; ``issued_on`` is the civil date in Asia/Shanghai."""

    id: UUID
    number: str
    kind: CertificateKind
    enrolment_id: UUID
    class_id: UUID
    institution: InstitutionRef
    project: ProjectRef
    person: StoredPerson
    class_started_on: date
    evaluated: Evaluated | None
    issued_on: date
    issued_at: datetime
    state: State
    version: int
    revocation: Revocation | None = None

    def issued(self, person: PersonRef) -> CertificateIssued:
        """The event that it was issued, with its holder encrypted for events."""
        return CertificateIssued(
            certificate_id=self.id,
            number=self.number,
            kind=self.kind,
            institution=self.institution,
            project=self.project,
            person=person,
            enrolment_id=self.enrolment_id,
            class_id=self.class_id,
            class_started_on=self.class_started_on,
            evaluated_on=self.evaluated.on if self.evaluated else None,
            issued_on=self.issued_on,
        )

    def revoke(
        self, reason: RevocationReason, note: str, on: date, at: datetime
    ) -> CertificateRevoked | Refusal:
        """Revokes it for good (撤销; C06); the event carries the exit ground, if any (D06, D09)."""
        after = NEXT.get((self.state, Action.REVOKE))
        if after is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state = after
        self.version += 1
        self.revocation = Revocation(reason.code, reason.exit_ground, note, on, at)
        return CertificateRevoked(
            certificate_id=self.id,
            number=self.number,
            kind=self.kind,
            institution=self.institution,
            project=self.project,
            person_key=self.person.person_key,
            reason_code=reason.code,
            exit_ground=reason.exit_ground,
            revoked_on=on,
            enrolment_id=self.enrolment_id,
        )


def new_certificate(
    number: str,
    kind: CertificateKind,
    completion: Completion,
    evaluated: Evaluated | None,
    at: datetime,
) -> Certificate:
    """A certificate of a completed training, issued at ``at`` (UTC)."""
    return Certificate(
        id=new_id(),
        number=number,
        kind=kind,
        enrolment_id=completion.enrolment_id,
        class_id=completion.class_id,
        institution=completion.institution,
        project=completion.project,
        person=completion.person,
        class_started_on=completion.class_started_on,
        evaluated=evaluated,
        issued_on=civil_date(at),
        issued_at=at,
        state=State.VALID,
        version=1,
    )
