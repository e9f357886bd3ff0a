"""What is done with institutions."""

from datetime import date

from chuangpei.audit import record
from chuangpei.auth import Principal, Role
from chuangpei.database import Transaction
from chuangpei.events.training import InstitutionRegistered
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit

from training_svc.institutions import repository
from training_svc.institutions.schemas import InstitutionView, NewInstitution
from training_svc.policy.decision import decide
from training_svc.policy.facts import RegistrationFacts
from training_svc.policy.rules import REGISTRATION_RULES
from training_svc.problems import INSTITUTION_EXISTS, NOT_YOUR_INSTITUTION, REGISTRATION_REFUSED
from training_svc.service import Service


async def register(
    tx: Transaction, service: Service, principal: Principal, body: NewInstitution
) -> InstitutionView | Refusal:
    """Registers an institution under its credit code (T06) and tells the other services."""
    by_officer = principal.role is Role.DISTRICT_OFFICER
    if not _may_register(principal, body):
        return Refusal(NOT_YOUR_INSTITUTION)
    decision = decide(REGISTRATION_RULES, RegistrationFacts(body.kind, by_officer))
    if refusal := decision.refusal(REGISTRATION_REFUSED):
        return refusal
    now, today = service.clock.now(), service.clock.today()
    view = InstitutionView(id=new_id(), registered_on=today, version=1, **body.model_dump())
    own = {"registered_at": now, "registered_by": principal.subject}
    if not await repository.insert_new(tx, view.model_dump() | own):
        return Refusal(INSTITUTION_EXISTS)
    await emit(tx, _registered(view, today), now)
    await record(
        tx, principal, at=now, action="register_institution", object_type="institution", object_id=view.id
    )
    return view


def _may_register(principal: Principal, body: NewInstitution) -> bool:
    if principal.role is Role.DISTRICT_OFFICER:
        return principal.district == body.district
    return principal.credit_code == body.credit_code


def _registered(view: InstitutionView, on: date) -> InstitutionRegistered:
    return InstitutionRegistered(
        credit_code=view.credit_code,
        institution_id=view.id,
        name=view.name,
        district=view.district,
        kind=view.kind,
        registered_on=on,
    )
