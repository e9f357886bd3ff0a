"""Findings of fault (责任认定; D03): the district reports, the city confirms, and all follows at once."""

from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.events.base import InstitutionRef
from chuangpei.events.subsidy import SubsidyFraudConfirmed
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import FOUR_EYES, NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from subsidy_svc.access import EVERYTHING, may_see_district
from subsidy_svc.claims import places
from subsidy_svc.claims import repository as claims
from subsidy_svc.claims.lifecycle import State as ClaimState
from subsidy_svc.claims.reviewers import is_same_person, own_claim
from subsidy_svc.fault_findings import repository
from subsidy_svc.fault_findings.lifecycle import NEXT, Action, State
from subsidy_svc.fault_findings.schemas import FaultFindingView, NewFaultFinding, finding_view
from subsidy_svc.law.published import law_of
from subsidy_svc.policy.faults import Fault
from subsidy_svc.problems import FINDING_STANDS
from subsidy_svc.recoveries.use_cases import open_recoveries
from subsidy_svc.service import Service

_NOT_PAID = Text("仅对已发放的申领作责任认定", "Only of a claim that was paid")


async def report(
    tx: Transaction, service: Service, officer: Principal, body: NewFaultFinding
) -> FaultFindingView | Refusal:
    """The district reports whose fault a wrong payment was; the city decides (D03, D05)."""
    claim = await claims.load_for_update(tx, body.claim_id)
    if claim is None or not may_see_district(officer, claim["district"]):
        return Refusal(NOT_FOUND)
    if refusal := own_claim(officer, claim["person_key"]):
        return refusal
    if claim["state"] != ClaimState.PAID:
        return Refusal(NOT_ALLOWED_NOW, detail=_NOT_PAID)
    values = body.model_dump() | {
        "id": new_id(),
        "district": claim["district"],
        "state": State.REPORTED,
        "reported_at": service.clock.now(),
        "reported_by": officer.subject,
        "reported_by_person": officer.person_key,
        "version": 1,
    }
    row = await repository.add(tx, values)
    if row is None:
        return Refusal(FINDING_STANDS)
    await _recorded(tx, service, officer, row, None)
    return finding_view(row)


async def confirm(
    tx: Transaction, service: Service, city: Principal, finding_id: UUID, version: int
) -> FaultFindingView | Refusal:
    """Another person, of the city, confirms: the money is claimed back whoever was at fault.

    Of the person's fraud other services are told. Whether the claim still counts against the caps, the law
    of the certificate's day says: after the person's fraud it does, after the office's error not.
    D03, D06, X2.
    """
    decided = await _decided(tx, service, city, finding_id, version, Action.CONFIRM)
    if isinstance(decided, Refusal):
        return decided
    claim, row = decided
    fault = Fault(row["fault"])
    await open_recoveries(tx, service, [claim], service.clock.today(), cause=fault)
    law = await law_of(tx, service, claim["issued_on"])
    if fault in law.faults_freeing_place:
        await places.release(tx, claim["id"])
    if fault is Fault.PERSON_FRAUD:
        await emit(tx, _fraud(claim, row, service), service.clock.now())
    return finding_view(row)


async def refuse(
    tx: Transaction, service: Service, city: Principal, finding_id: UUID, version: int, reason: str
) -> FaultFindingView | Refusal:
    """The city does not confirm, and says why: nothing follows."""
    decided = await _decided(tx, service, city, finding_id, version, Action.REFUSE, reason)
    return decided if isinstance(decided, Refusal) else finding_view(decided[1])


async def _decided(
    tx: Transaction,
    service: Service,
    city: Principal,
    finding_id: UUID,
    version: int,
    action: Action,
    reason: str | None = None,
) -> tuple[Row, Row] | Refusal:
    locked = await _locked(tx, finding_id)
    if isinstance(locked, Refusal):
        return locked
    claim, row = locked
    following = NEXT.get((State(row["state"]), action))
    if row["version"] != version:
        return Refusal(PRECONDITION_FAILED)
    if following is None:
        return Refusal(NOT_ALLOWED_NOW)
    if is_same_person(city, row["reported_by"], row["reported_by_person"]):
        return Refusal(FOUR_EYES)
    if refusal := own_claim(city, claim["person_key"]):
        return refusal
    values = {"state": following, "decided_at": service.clock.now(), "decided_by": city.subject}
    values |= {"decided_by_person": city.person_key, "reason": reason}
    decided = await repository.decide(tx, finding_id, values)
    await _recorded(tx, service, city, decided, State.REPORTED)
    return claim, decided


async def _locked(tx: Transaction, finding_id: UUID) -> tuple[Row, Row] | Refusal:
    """The claim and the finding, locked in this order."""
    seen = await repository.one(tx, finding_id, EVERYTHING)
    if seen is None:
        return Refusal(NOT_FOUND)
    claim = await claims.load_for_update(tx, seen["claim_id"])
    row = await repository.for_update(tx, finding_id)
    assert claim is not None, "a finding has its claim"
    assert row is not None, "findings are never deleted"
    return claim, row


def _fraud(claim: Row, finding: Row, service: Service) -> SubsidyFraudConfirmed:
    institution = InstitutionRef(
        credit_code=claim["institution_credit_code"],
        name=claim["institution_name"],
        district=claim["district"],
    )
    return SubsidyFraudConfirmed(
        claim_id=claim["id"],
        finding_id=finding["id"],
        certificate_id=claim["certificate_id"],
        certificate_number=claim["certificate_number"],
        institution=institution,
        project_code=claim["project_code"],
        person_key=claim["person_key"],
        amount_fen=claim["amount_fen"],
        exit_ground="X2" if finding["institution_took_part"] else None,
        confirmed_on=service.clock.today(),
    )


async def _recorded(
    tx: Transaction, service: Service, principal: Principal, row: Row, before: State | None
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=f"fault_finding.{row['state']}",
        object_type="fault_finding",
        object_id=row["id"],
        from_state=before,
        to_state=row["state"],
        reason=row["reason"],
        details={"claim_id": str(row["claim_id"]), "fault": row["fault"]},
    )
