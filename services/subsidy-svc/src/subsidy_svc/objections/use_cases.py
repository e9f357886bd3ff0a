"""How the district handles an objection (异议处理; S09, D03, D05).

Nobody handles an objection to a claim of their own, nor to one they approved themselves.
"""

from collections.abc import Mapping
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import NOT_FOUND, PRECONDITION_FAILED

from subsidy_svc.access import scope_of
from subsidy_svc.claims import repository as claims
from subsidy_svc.claims.lifecycle import Action as ClaimAction
from subsidy_svc.claims.reviewers import not_another, own_claim
from subsidy_svc.claims.use_cases import keep
from subsidy_svc.law.published import law_of
from subsidy_svc.notices import repository as notices
from subsidy_svc.objections import repository
from subsidy_svc.objections.filing import CONTACT, NAME
from subsidy_svc.objections.lifecycle import Action
from subsidy_svc.objections.objection import Objection
from subsidy_svc.objections.schemas import (
    NewNote,
    NoteView,
    ObjectionView,
    Ruling,
    RulingAmendment,
    Unmasked,
    objection_view,
)
from subsidy_svc.policy.review import due_day
from subsidy_svc.service import Service

_DECISION = ("decision_reason", "decision_article")
_OF_CLAIM: Mapping[Action, ClaimAction] = {
    Action.NOT_ACCEPT: ClaimAction.NOT_ACCEPT_OBJECTION,
    Action.DISMISS: ClaimAction.DISMISS_OBJECTION,
    Action.UPHOLD: ClaimAction.UPHOLD_OBJECTION,
}
_NOT_WHO_APPROVED = Text(
    "审核通过该申领的人不得办理对其的异议（D05）", "Who approved the claim handles no objection to it (D05)"
)


async def accept(
    tx: Transaction, service: Service, officer: Principal, objection_id: UUID, version: int
) -> ObjectionView | Refusal:
    """The district takes the objection up (受理); a day is set by which it is decided (S09)."""
    locked = await _locked(tx, officer, objection_id, version)
    if isinstance(locked, Refusal):
        return locked
    claim, row = locked
    law, today = await law_of(tx, service, claim["issued_on"]), service.clock.today()
    objection = repository.objection_from(row)
    due_on = due_day(today, law.objections.investigation_working_days, law.calendar)
    if refusal := objection.accept(due_on):
        return refusal
    return await _kept(tx, service, officer, row, objection, Action.ACCEPT)


async def investigate(
    tx: Transaction, service: Service, officer: Principal, objection_id: UUID, version: int
) -> ObjectionView | Refusal:
    """An officer investigates it (核查), or takes it over from another (S09)."""
    locked = await _locked(tx, officer, objection_id, version)
    if isinstance(locked, Refusal):
        return locked
    objection = repository.objection_from(locked[1])
    if refusal := objection.investigate(officer):
        return refusal
    return await _kept(tx, service, officer, locked[1], objection, Action.INVESTIGATE)


async def note(
    tx: Transaction, service: Service, officer: Principal, objection_id: UUID, body: NewNote
) -> NoteView | Refusal:
    """Who investigates writes down what was found (核查记录); a note is never changed (S09)."""
    locked = await _locked(tx, officer, objection_id, None)
    if isinstance(locked, Refusal):
        return locked
    if refusal := repository.objection_from(locked[1]).may_note(officer):
        return refusal
    view = NoteView(
        id=new_id(),
        objection_id=objection_id,
        text=body.text,
        noted_at=service.clock.now(),
        noted_by=officer.subject,
    )
    await repository.note(tx, view.model_dump() | {"noted_by_person": officer.person_key})
    await _recorded(tx, service, officer, locked[1], "objection.note")
    return view


async def decide(
    tx: Transaction,
    service: Service,
    officer: Principal,
    objection_id: UUID,
    version: int,
    action: Action,
    body: Ruling,
) -> ObjectionView | Refusal:
    """Not accepted (不予受理), dismissed (不成立) or upheld (成立), with reason and article (S09, D05).

    Upheld, the claim stops, its place is free again and other objections lapse (D03). Else the claim goes on
    where no other objection is undecided, and is cleared at once where its notice is over.
    """
    locked = await _locked(tx, officer, objection_id, version)
    if isinstance(locked, Refusal):
        return locked
    claim, row = locked
    objection, at = repository.objection_from(row), service.clock.now()
    if action is Action.NOT_ACCEPT:
        refusal = objection.not_accept(officer, at, body.reason, body.article)
    else:
        noted_by = await repository.authors(tx, objection_id)
        refusal = objection.decide(action, officer, at, body.reason, body.article, noted_by)
    if refusal:
        return refusal
    view = await _kept(tx, service, officer, row, objection, action, body.reason)
    await _follow(tx, service, officer, claim, action, body)
    return view


async def amend(
    tx: Transaction,
    service: Service,
    officer: Principal,
    objection_id: UUID,
    version: int,
    body: RulingAmendment,
) -> ObjectionView | Refusal:
    """The reason or article of a decision is put right (更正); the decision itself stays (S09)."""
    locked = await _locked(tx, officer, objection_id, version)
    if isinstance(locked, Refusal):
        return locked
    row, objection = locked[1], repository.objection_from(locked[1])
    if refusal := objection.amend(body.decision_reason, body.decision_article):
        return refusal
    changed = await amended(
        tx,
        officer,
        at=service.clock.now(),
        object_type="objection",
        object_id=objection_id,
        reason=body.reason,
        before={name: row[name] for name in _DECISION},
        after={name: getattr(objection, name) for name in _DECISION},
    )
    if not changed:
        return Refusal(NOTHING_AMENDED)
    return objection_view(await repository.save(tx, objection), service.clock.today())


async def unmask(
    tx: Transaction, service: Service, officer: Principal, objection_id: UUID, reason: str
) -> Unmasked | Refusal:
    """Who objected, in clear: for who may handle the objection, with a reason, and audited (S09)."""
    locked = await _locked(tx, officer, objection_id, None)
    if isinstance(locked, Refusal):
        return locked
    row, at_rest = locked[1], service.privacy.at_rest
    await _recorded(tx, service, officer, row, "unmask_objection", reason)
    name, contact = row["name_encrypted"], row["contact_encrypted"]
    return Unmasked(
        id=objection_id,
        name=at_rest.decrypt(name, NAME) if name else None,
        contact=at_rest.decrypt(contact, CONTACT) if contact else None,
    )


async def _locked(
    tx: Transaction, officer: Principal, objection_id: UUID, version: int | None
) -> tuple[Row, Row] | Refusal:
    """The claim's row and the objection's, locked in this order, as everything else locks them."""
    seen = await repository.one(tx, objection_id, scope_of(officer))
    if seen is None:
        return Refusal(NOT_FOUND)
    claim = await claims.load_for_update(tx, seen["claim_id"])
    assert claim is not None, "an objection has its claim"
    row = await repository.for_update(tx, objection_id)
    refusal = own_claim(officer, claim["person_key"]) or not_another(
        officer, claim["approved_by"], claim["approved_by_person"], _NOT_WHO_APPROVED
    )
    if refusal:
        return refusal
    if version is not None and row["version"] != version:
        return Refusal(PRECONDITION_FAILED)
    return claim, row


async def _follow(
    tx: Transaction, service: Service, officer: Principal, row: Row, action: Action, body: Ruling
) -> None:
    """What the decision does to the claim."""
    claim, today = claims.claim_from(row), service.clock.today()
    if action is Action.UPHOLD:
        change = claim.uphold_objection(today, body.reason, body.article)
    elif await repository.undecided(tx, claim.id):
        return
    else:
        notice = notices.period_of(await notices.of_claim(tx, claim.id))
        change = claim.release(_OF_CLAIM[action], today, notice)
    assert not isinstance(change, Refusal), "the claim of an undecided objection is held"
    await keep(tx, service, officer, row, claim, change, _OF_CLAIM[action])


async def _kept(
    tx: Transaction,
    service: Service,
    officer: Principal,
    before: Row,
    objection: Objection,
    action: Action,
    reason: str | None = None,
) -> ObjectionView:
    row = await repository.save(tx, objection)
    await _recorded(tx, service, officer, before, f"objection.{action}", reason, row["state"])
    return objection_view(row, service.clock.today())


async def _recorded(
    tx: Transaction,
    service: Service,
    officer: Principal,
    before: Row,
    action: str,
    reason: str | None = None,
    to_state: str | None = None,
) -> None:
    await record(
        tx,
        officer,
        at=service.clock.now(),
        action=action,
        object_type="objection",
        object_id=before["id"],
        from_state=before["state"],
        to_state=to_state or before["state"],
        reason=reason,
        details={"claim_id": str(before["claim_id"])},
    )
