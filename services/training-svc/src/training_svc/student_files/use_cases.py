"""What is done with student files (学员档案, O32): gather one."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from chuangpei.amendments import whole_history
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.privacy import Privacy
from chuangpei.problems import NOT_FOUND
from chuangpei.web import finding_view
from pydantic import BaseModel

from training_svc.enrolments import repository as enrolments
from training_svc.enrolments.use_cases import completion_findings
from training_svc.enrolments.views import enterprise_view
from training_svc.follow_ups import repository as follow_ups
from training_svc.follow_ups.views import my_view
from training_svc.persons import SealedPerson, clear_id_number, clear_name, clear_phone
from training_svc.results import repository as results
from training_svc.service import Service
from training_svc.student_files import repository
from training_svc.student_files.schemas import (
    Basics,
    CorrectionRecord,
    ResultRecord,
    SessionRecord,
    StudentFile,
    TrainingRecord,
)
from training_svc.visibility import EVERYTHING, scope_of

V = TypeVar("V", bound=BaseModel)


async def of_enrolment(
    tx: Transaction, service: Service, principal: Principal, enrolment_id: UUID
) -> StudentFile | Refusal:
    """The file of one enrolment for those who keep or supervise it: masked, and nothing of other classes."""
    row = await repository.one(tx, enrolment_id, scope_of(principal))
    if row is None:
        return Refusal(NOT_FOUND)
    masked = Basics(name=row["masked_name"], id_number=row["masked_id_number"], phone=row["masked_phone"])
    return await _file(tx, service, masked, [row])


async def of_person(tx: Transaction, service: Service, principal: Principal) -> StudentFile | Refusal:
    """A person's own file: every enrolment, and their own data clear."""
    rows = await repository.of_person(tx, principal.person_key or "")
    if not rows:
        return Refusal(NOT_FOUND)
    return await _file(tx, service, _clear(service.privacy, rows[-1]), rows)


async def _file(tx: Transaction, service: Service, person: Basics, rows: Sequence[Row]) -> StudentFile:
    return StudentFile(
        written_on=service.clock.today(),
        person=person,
        trainings=[await _training(tx, service, row) for row in rows],
    )


async def _training(tx: Transaction, service: Service, row: Row) -> TrainingRecord:
    enrolment = await enrolments.one(tx, row["id"], EVERYTHING)
    assert enrolment is not None, "it was read in this transaction"
    follow_up = await follow_ups.of_enrolment(tx, row["id"])
    corrections = await repository.corrections_of(tx, row)
    result = await results.one(tx, row["id"], EVERYTHING)
    sessions = [
        _shown(
            SessionRecord,
            one,
            corrections=[_shown(CorrectionRecord, old) for old in corrections.get(one["attendance_id"], ())],
        )
        for one in await repository.sessions_of(tx, row)
    ]
    return _shown(
        TrainingRecord,
        row,
        enrolment_id=row["id"],
        enterprise=enterprise_view(enrolment.enterprise) if enrolment.enterprise else None,
        findings=[finding_view(one) for one in await completion_findings(tx, service, enrolment)],
        sessions=sessions,
        amendments=await whole_history(tx, "enrolment", row["id"]),
        result=_shown(ResultRecord, result) if result else None,
        follow_up=my_view(follow_up) if follow_up else None,
    )


def _clear(privacy: Privacy, row: Row) -> Basics:
    person = SealedPerson(**{name: row[name] for name in SealedPerson.__dataclass_fields__})
    return Basics(
        name=clear_name(privacy, person),
        id_number=clear_id_number(privacy, person),
        phone=clear_phone(privacy, row["phone_encrypted"]),
    )


def _shown(kind: type[V], row: Row, **more: object) -> V:
    return kind.model_validate(dict(row) | more)
