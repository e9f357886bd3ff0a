"""What a class is held by and keeps (T03, T05, T07): standard, norm, and for stage 3 the qualification."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chuangpei.database import Row, Transaction

from training_svc.classes.training_class import Licence
from training_svc.norms import repository as norms
from training_svc.policy.facts import Standard
from training_svc.policy.organisers import QUALIFIED_STAGE
from training_svc.qualifications import repository as qualifications
from training_svc.qualifications.lifecycle import State
from training_svc.standards import repository as standards


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a class on its first day; a room is known where the organiser's was looked at."""

    standard: Standard | None
    norm_version: str | None
    licence: Licence | None = None
    room_square_decimetres: int | None = None


async def terms_of(tx: Transaction, institution_id: UUID, project: Row, first_day: date) -> Terms:
    """Stage 3: the version the organiser is approved by; other stages: the one in force on the first day."""
    norm_version = await norms.version_in_force(tx, project["code"], first_day)
    if project["stage"] != QUALIFIED_STAGE:
        return Terms(await standards.in_force(tx, project["code"], first_day), norm_version)
    found = await qualifications.qualifying(tx, institution_id, project["code"], first_day)
    if found is None:
        return Terms(None, norm_version)
    licence = Licence(found.qualification_id, State.APPROVED, found.valid_until)
    return Terms(found.standard, norm_version, licence, found.room_square_decimetres)
