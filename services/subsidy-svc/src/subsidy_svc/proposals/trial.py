"""Trying a proposal on past claims (试算): a stretch a transaction, taken up again where it was left.

A stretch commits with its counters and its place, so that a crash in between loses and repeats nothing.
Only what would be paid otherwise is kept. Who was refused left no claim: a looser rule shows nobody new.
"""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import SYSTEM
from chuangpei.database import Row, Transaction, is_worth_retrying
from chuangpei.kernel.dated import DatedValue
from chuangpei.kernel.refusals import failed

from subsidy_svc.law.published import refresh
from subsidy_svc.policy.again import decide_again
from subsidy_svc.policy.frozen import thawed
from subsidy_svc.policy.parameters import Law
from subsidy_svc.policy.proposing import dated
from subsidy_svc.proposals import repository
from subsidy_svc.proposals.lifecycle import State
from subsidy_svc.proposals.proposal import Proposal
from subsidy_svc.service import Service

log = logging.getLogger(__name__)


async def try_due(service: Service, most: int = 200) -> int:
    """Tries the next ``most`` claims of the proposal that waits longest; 0 where none is on trial.

    A trial that fails is ended, and can be begun again; a lost database is not its fault.
    """
    proposal_id: UUID | None = None
    try:
        async with service.database.transaction() as tx:
            proposal = await repository.next_trying(tx)
            if proposal is None:
                return 0
            proposal_id = proposal.id
            await _stretch(tx, service, proposal, most)
    except Exception as error:
        if proposal_id is None or is_worth_retrying(error):
            raise
        log.exception("the trial of proposal %s failed", proposal_id)
        await _give_up(service, proposal_id)
    return 1


async def _stretch(tx: Transaction, service: Service, proposal: Proposal, most: int) -> None:
    await refresh(tx, service.law)
    proposed = dated(service.law.parameters, proposal.changes, proposal.effective_from)
    rows = await repository.stretch(tx, proposal.trial, most) if proposal.trial.last_claim else []
    laws: dict[str, Law] = {}
    effects = [_effect(service, row, proposed, laws) for row in rows if row["facts"]]
    changed = [one for one in effects if one["was_fen"] != one["would_be_fen"]]
    trial = proposal.trial
    await repository.add_effects(
        tx, [one | {"proposal_id": proposal.id, "run": trial.run} for one in changed]
    )
    trial.claims_tried += len(rows)
    trial.claims_changed += len(changed)
    trial.claims_without_facts += len(rows) - len(effects)
    trial.reached = rows[-1]["id"] if rows else trial.reached
    if len(rows) < most:
        await _end(tx, service, proposal)
    else:
        await repository.save(tx, proposal)


def _effect(
    service: Service, row: Row, proposed: Mapping[str, DatedValue], laws: dict[str, Law]
) -> dict[str, Any]:
    """What the claim was granted, and what it would be under the law of its own day with the changes."""
    then = service.law.on(row["issued_on"])
    if then.version not in laws:
        laws[then.version] = service.law.as_if(row["issued_on"], proposed)
    again = decide_again(thawed(row["facts"]), then, laws[then.version])
    failing = failed(again.decision.findings)
    return {
        "claim_id": row["id"],
        "district": row["district"],
        "was_fen": row["amount_fen"],
        "would_be_fen": 0 if failing else again.decision.amount_fen,
        "failing_rules": sorted({finding.rule for finding in failing}),
        "assumed": again.assumed is not None,
    }


async def _give_up(service: Service, proposal_id: UUID) -> None:
    async with service.database.transaction() as tx:
        proposal = await repository.load_for_update(tx, proposal_id)
        if proposal is not None and proposal.state is State.TRYING:
            await _end(tx, service, proposal, gave_up=True)


async def _end(tx: Transaction, service: Service, proposal: Proposal, *, gave_up: bool = False) -> None:
    now = service.clock.now()
    refusal = proposal.end_trial(now, failed=gave_up)
    assert refusal is None, "a trial that runs can end"
    await repository.save(tx, proposal)
    await record(
        tx,
        SYSTEM,
        at=now,
        action="proposal.trial_ended",
        object_type="proposal",
        object_id=proposal.id,
        from_state=State.TRYING,
        to_state=proposal.state,
        details={"run": proposal.trial.run, "claims": proposal.trial.claims_tried},
    )
