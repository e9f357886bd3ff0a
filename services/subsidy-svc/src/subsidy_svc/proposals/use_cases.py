"""What is done with proposals of changed parameters: propose, try, publish, withdraw."""

from collections.abc import Callable
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.events.subsidy import PolicyChange, PolicyPublished
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit
from chuangpei.problems import NOT_FOUND, PRECONDITION_FAILED

from subsidy_svc.law.published import refresh
from subsidy_svc.policy.proposing import dated, faults
from subsidy_svc.problems import LAW_CHANGED, PROPOSAL_REFUSED
from subsidy_svc.proposals import repository
from subsidy_svc.proposals.lifecycle import State
from subsidy_svc.proposals.proposal import Proposal
from subsidy_svc.proposals.schemas import NewProposal
from subsidy_svc.service import Service


async def propose(
    tx: Transaction, service: Service, principal: Principal, body: NewProposal
) -> Proposal | Refusal:
    """The city centre drafts changes that hold from a day to come (起草); a refusal names every fault."""
    proposal = Proposal(
        id=new_id(),
        title=body.title,
        effective_from=body.effective_from,
        changes=tuple(one.change() for one in body.changes),
        state=State.DRAFT,
        proposed_by=principal.subject,
        proposed_by_person=principal.person_key,
        proposed_at=service.clock.now(),
    )
    if refusal := await _refusal(tx, service, proposal):
        return refusal
    await repository.insert_new(tx, proposal)
    await _record(tx, service, principal, proposal, "propose", None)
    return proposal


async def begin_trial(
    tx: Transaction, service: Service, principal: Principal, proposal_id: UUID, version: int
) -> Proposal | Refusal:
    """What the changes would have granted to past claims is worked out in the background (试算)."""
    await refresh(tx, service.law)
    last_claim, claims = await repository.claims_to_try(tx)
    based_on = service.law.number
    return await _changed(
        tx,
        service,
        principal,
        proposal_id,
        version,
        "begin_trial",
        lambda proposal: proposal.begin_trial(based_on, last_claim, claims),
    )


async def withdraw(
    tx: Transaction, service: Service, principal: Principal, proposal_id: UUID, version: int, reason: str
) -> Proposal | Refusal:
    """The city centre does not pursue it (撤回)."""
    return await _changed(
        tx, service, principal, proposal_id, version, "withdraw", lambda proposal: proposal.withdraw(reason)
    )


async def publish(
    tx: Transaction, service: Service, principal: Principal, proposal_id: UUID, version: int
) -> Proposal | Refusal:
    """Another person of the city centre puts it in force from its day on (发布).

    Refused where something else was published since the trial: what the trial showed would no longer be so.
    """
    proposal = await _changeable(tx, proposal_id, version)
    if isinstance(proposal, Refusal):
        return proposal
    if refusal := proposal.publish(principal, service.clock.now()):
        return refusal
    if refusal := await _refusal(tx, service, proposal):
        return refusal
    if not await repository.save_published(tx, proposal):
        return Refusal(LAW_CHANGED)
    await _record(tx, service, principal, proposal, "publish", State.TRIED)
    await emit(tx, _published(service, proposal), service.clock.now())
    return proposal


async def _refusal(tx: Transaction, service: Service, proposal: Proposal) -> Refusal | None:
    await refresh(tx, service.law)
    found = faults(service.law.parameters, proposal.changes, proposal.effective_from, service.clock.today())
    return Refusal(PROPOSAL_REFUSED, errors=found) if found else None


async def _changed(
    tx: Transaction,
    service: Service,
    principal: Principal,
    proposal_id: UUID,
    version: int,
    action: str,
    change: Callable[[Proposal], Refusal | None],
) -> Proposal | Refusal:
    proposal = await _changeable(tx, proposal_id, version)
    if isinstance(proposal, Refusal):
        return proposal
    before = proposal.state
    if refusal := change(proposal):
        return refusal
    await repository.save(tx, proposal)
    await _record(tx, service, principal, proposal, action, before)
    return proposal


async def _changeable(tx: Transaction, proposal_id: UUID, version: int) -> Proposal | Refusal:
    proposal = await repository.load_for_update(tx, proposal_id)
    if proposal is None:
        return Refusal(NOT_FOUND)
    return proposal if proposal.version == version else Refusal(PRECONDITION_FAILED)


async def _record(
    tx: Transaction,
    service: Service,
    principal: Principal,
    proposal: Proposal,
    action: str,
    before: State | None,
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=f"proposal.{action}",
        object_type="proposal",
        object_id=proposal.id,
        from_state=before,
        to_state=proposal.state,
        reason=proposal.reason,
        details={"number": proposal.number, "run": proposal.trial.run},
    )


def _published(service: Service, proposal: Proposal) -> PolicyPublished:
    assert proposal.number is not None, "a published proposal has its number"
    assert proposal.published_on is not None, "and its day"
    # Not the law of this process: it learns of the publication once that is committed.
    added = dated(service.law.parameters, proposal.changes, proposal.effective_from)
    book = service.law.parameters.layered({name: [value] for name, value in added.items()})
    return PolicyPublished(
        proposal_id=proposal.id,
        number=proposal.number,
        title=proposal.title,
        effective_from=proposal.effective_from,
        published_on=proposal.published_on,
        policy_version=book.version(proposal.effective_from),
        changes=tuple(
            PolicyChange(
                parameter=one.parameter,
                unit=one.unit,
                value=one.value,
                rule=added[one.parameter].rule,
                article=one.article,
            )
            for one in proposal.changes
        ),
    )
