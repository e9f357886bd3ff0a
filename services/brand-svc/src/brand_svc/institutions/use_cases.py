"""What brand-svc does when training-svc tells of institutions, sanctions, qualifications and classes."""

from chuangpei.consumer import Message
from chuangpei.database import Transaction
from chuangpei.events.training import (
    ClassCancelled,
    ClassChanged,
    ClassFiled,
    ClassReinstated,
    InstitutionInactive,
    InstitutionRegistered,
    InstitutionSanctioned,
    InstitutionSanctionLifted,
    InstitutionUpdated,
    QualificationAmended,
    QualificationApproved,
    QualificationExpired,
    QualificationRestored,
    QualificationResumed,
    QualificationRevoked,
    QualificationSuspended,
)

from brand_svc.institutions import repository

Class = ClassFiled | ClassChanged | ClassReinstated | ClassCancelled
Qualification = (
    QualificationApproved
    | QualificationAmended
    | QualificationSuspended
    | QualificationResumed
    | QualificationRevoked
    | QualificationRestored
    | QualificationExpired
)


async def learn(tx: Transaction, event: InstitutionRegistered, message: Message) -> None:
    """Remembers a registered institution, so that it may apply (B07)."""
    own = _own(event)
    at = message.occurred_at
    await repository.put(tx, **own, told_at=at, registered_on=event.registered_on, registered_at=at)


async def learn_change(tx: Transaction, event: InstitutionUpdated, message: Message) -> None:
    """Remembers how an institution is called, where it is, and whether it has closed (B07)."""
    at = message.occurred_at
    await repository.put(tx, **_own(event), told_at=at, closed_on=event.closed_on, closed_at=at)


def _own(event: InstitutionRegistered | InstitutionUpdated) -> dict[str, object]:
    return {
        name: getattr(event, name) for name in ("credit_code", "institution_id", "name", "district", "kind")
    }


async def learn_sanction(tx: Transaction, event: InstitutionSanctioned, message: Message) -> None:
    """Remembers a penalty or a listing as dishonest, or how it stands after an amendment (B02, B13)."""
    kind = getattr(event, "kind", "dishonesty_listing")
    told = ("sanction_id", "credit_code", "exit_ground", "source", "document_number", "starts_on", "ends_on")
    values = {name: getattr(event, name) for name in told}
    await repository.put_sanction(tx, **values, kind=kind, told_at=message.occurred_at)


async def learn_lifting(tx: Transaction, event: InstitutionSanctionLifted, message: Message) -> None:
    """Remembers that a sanction was lifted (解除; B02)."""
    await repository.put_sanction(
        tx,
        sanction_id=event.sanction_id,
        credit_code=event.credit_code,
        lifted_on=event.lifted_on,
        lifted_at=message.occurred_at,
    )


async def learn_qualification(tx: Transaction, event: Qualification, message: Message) -> None:
    """Remembers how a qualification stands and until when it holds (B01, B02)."""
    told: dict[str, object] = {}
    at = message.occurred_at
    match event:
        case QualificationApproved():
            first = event.valid_from or event.approved_on
            told = {"state": "approved", "valid_from": first, "valid_until": event.valid_until}
        case QualificationAmended():
            told = {"valid_from": event.valid_from, "valid_until": event.valid_until}
        case QualificationSuspended():
            told = {"state": "suspended"}
        case QualificationResumed() | QualificationRestored():
            told = {"state": "approved"}
        case QualificationRevoked():
            told = {"state": "revoked"}
        case QualificationExpired():
            told = {"state": "expired"}
    told["state_at"] = at if "state" in told else None
    told["valid_at"] = at if "valid_until" in told else None
    await repository.put_qualification(
        tx,
        qualification_id=event.qualification_id,
        credit_code=event.credit_code,
        project_code=event.project.code,
        stage=event.project.stage,
        **told,
    )


async def learn_class(tx: Transaction, event: Class, message: Message) -> None:
    """Remembers when a class is held, or that it is not (X4)."""
    at = message.occurred_at
    told: dict[str, object] = {}
    if not isinstance(event, ClassCancelled):
        told |= {"starts_on": event.starts_on, "ends_on": event.ends_on, "dates_at": at}
    if not isinstance(event, ClassChanged):
        told |= {"cancelled": isinstance(event, ClassCancelled), "cancelled_at": at}
    await repository.put_class(tx, class_id=event.class_id, credit_code=event.institution.credit_code, **told)


async def learn_inactivity(tx: Transaction, event: InstitutionInactive, message: Message) -> None:
    """Remembers that an institution has held no class for long, with its site and teachers (X4)."""
    told = (
        "credit_code",
        "last_class_ended_on",
        "inactive_since",
        "has_site",
        "full_time_instructors",
        "told_on",
    )
    values = {name: getattr(event, name) for name in told}
    await repository.put_inactivity(tx, **values, told_at=message.occurred_at)
