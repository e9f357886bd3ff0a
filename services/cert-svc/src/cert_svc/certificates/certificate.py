"""The certificate (证书): what the paper says, its editions, its revocation. The day of issue stays."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chuangpei.events.base import InstitutionRef, PersonRef, ProjectRef
from chuangpei.events.cert import (
    CertificateIssued,
    CertificateKind,
    CertificateReissued,
    CertificateRevoked,
)
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW

from cert_svc.certificates.edition import Edition
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
    """One certificate of one enrolment, in its newest edition.

    Dates are civil dates in Asia/Shanghai; ``reissued_on`` is that of the newest edition, None of the first.
    """

    id: UUID
    number: str
    identifier: str | None
    edition: int
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
    reissued_on: date | None
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

    def allows(self, action: Action) -> bool:
        """Whether its state allows the action."""
        return (self.state, action) in NEXT

    def reissue(self, edition: Edition, person: PersonRef) -> CertificateReissued:
        """Puts its next edition in place of the present one (换发; C06); the day of issue stays (D01).

        ``person`` is whom the new edition names, encrypted for events. Only a valid one is reissued.
        """
        assert edition.replacement is not None, "only the first edition replaces none"
        self.state = NEXT[self.state, Action.REISSUE]
        previous, self.number, self.identifier = self.number, edition.number, edition.identifier
        self.edition, self.person, self.reissued_on = edition.edition, edition.person, edition.on
        self.version += 1
        return CertificateReissued(
            certificate_id=self.id,
            number=self.number,
            previous_number=previous,
            edition=self.edition,
            reason_code=edition.replacement.reason,
            kind=self.kind,
            institution=self.institution,
            project=self.project,
            person=person,
            enrolment_id=self.enrolment_id,
            class_id=self.class_id,
            issued_on=self.issued_on,
            reissued_on=edition.on,
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
    first: Edition, kind: CertificateKind, completion: Completion, evaluated: Evaluated | None
) -> Certificate:
    """The certificate of a completed training, as its first edition says."""
    return Certificate(
        id=first.certificate_id,
        number=first.number,
        identifier=first.identifier,
        edition=first.edition,
        kind=kind,
        enrolment_id=completion.enrolment_id,
        class_id=completion.class_id,
        institution=completion.institution,
        project=completion.project,
        person=first.person,
        class_started_on=completion.class_started_on,
        evaluated=evaluated,
        issued_on=first.on,
        issued_at=first.at,
        reissued_on=None,
        state=State.VALID,
        version=1,
    )
