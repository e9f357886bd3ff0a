"""Verbs: open_all, enter, record_result, amend (B06)."""

from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Finding, Refusal, Text
from chuangpei.problems import NOT_FOUND

from brand_svc.access import own_interest
from brand_svc.assessments import repository
from brand_svc.assessments.assessment import Assessment, Outcome, Result
from brand_svc.assessments.lifecycle import State
from brand_svc.assessments.schemas import AssessmentAmendment, ResultBody
from brand_svc.brands import repository as brands
from brand_svc.brands.brand import Brand
from brand_svc.evidence import Evidence, as_kept
from brand_svc.findings import as_json
from brand_svc.materials import Materials
from brand_svc.policy.decision import decide
from brand_svc.policy.parameters import parameters_on
from brand_svc.problems import BRAND_OVER, NOT_ELIGIBLE, TOO_EARLY
from brand_svc.recording import record_step
from brand_svc.rounds import repository as rounds
from brand_svc.rounds.round import Round
from brand_svc.service import Service
from brand_svc.standing import repository as standing
from brand_svc.transitions import stale


async def open_all(tx: Transaction, round_id: UUID) -> int:
    """Every brand in force comes up for assessment in the round that opens (B06); how many."""
    held = await brands.all_active(tx)
    await repository.add_all(tx, [_due(brand, round_id) for brand in held])
    return len(held)


def _due(brand: Brand, round_id: UUID) -> Assessment:
    return Assessment(
        id=new_id(),
        round_id=round_id,
        brand_id=brand.id,
        credit_code=brand.credit_code,
        institution_name=brand.institution_name,
        district=brand.district,
        tier=brand.tier,
        state=State.DUE,
        version=1,
    )


async def enter(
    tx: Transaction,
    service: Service,
    principal: Principal,
    assessment_id: UUID,
    version: int,
    materials: Materials,
) -> Assessment | Refusal:
    """The holder takes part, in the days of the applications; what it handed in before is replaced (B06)."""
    found = await _changeable(tx, assessment_id, version, credit_code=principal.credit_code)
    if isinstance(found, Refusal):
        return found
    brand_round, assessment = found
    today, before = service.clock.today(), assessment.state
    refused = brand_round.may_take_application(today) or assessment.enter(
        materials.model_dump(mode="json"), principal.person_key, today
    )
    if refused:
        return refused
    await repository.save(tx, assessment)
    await record_step(tx, service, principal, "enter_assessment", assessment, from_state=before)
    return assessment


async def record_result(
    tx: Transaction,
    service: Service,
    principal: Principal,
    assessment_id: UUID,
    version: int,
    body: ResultBody,
) -> Assessment | Refusal:
    """The district says what it found; who is barred does not pass, with every finding (B06, B13)."""
    found = await _assessable(tx, principal, assessment_id, version)
    if isinstance(found, Refusal):
        return found
    brand_round, assessment = found
    if refused := brand_round.may_be_reviewed() or _too_early(service, brand_round, body.outcome):
        return refused
    result = await _result(tx, service, assessment, body.outcome, body.comment, body.evidence)
    if isinstance(result, Refusal):
        return result
    before = assessment.state
    if refused := assessment.record(result, service.clock.today()):
        return refused
    await repository.save(tx, assessment)
    await record_step(
        tx, service, principal, "assess_brand", assessment, from_state=before, reason=body.comment
    )
    return assessment


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    assessment_id: UUID,
    version: int,
    body: AssessmentAmendment,
) -> Assessment | Refusal:
    """The district corrects what it found, until the list is published (B06).

    A list deliberated on before is checked against it when it is published.
    """
    found = await _assessable(tx, principal, assessment_id, version)
    if isinstance(found, Refusal):
        return found
    brand_round, assessment = found
    if refused := brand_round.may_amend_reviews():
        return refused
    before = assessment.described()
    result = await _corrected(tx, service, assessment, body)
    if (
        refused := result
        if isinstance(result, Refusal)
        else assessment.correct(result, service.clock.today())
    ):
        return refused
    kept = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type=Assessment.OBJECT_TYPE,
        object_id=assessment.id,
        reason=body.reason,
        before=before,
        after=assessment.described(),
    )
    if not kept:
        return Refusal(NOTHING_AMENDED)
    await repository.save(tx, assessment)
    return assessment


async def _changeable(
    tx: Transaction,
    assessment_id: UUID,
    version: int,
    *,
    credit_code: str | None = None,
    district: str | None = None,
) -> tuple[Round, Assessment] | Refusal:
    """The round, then the assessment, locked in the order in which publication takes them."""
    known = await repository.find(tx, assessment_id)
    if known is None or (known.credit_code != credit_code and known.district != district):
        return Refusal(NOT_FOUND)
    brand_round = await rounds.load_unchanging(tx, known.round_id)
    assessment = await repository.load_for_update(tx, assessment_id)
    assert brand_round is not None
    assert assessment is not None
    if refused := stale(assessment.version, version):
        return refused
    held = (await brands.active_of(tx, [assessment.credit_code])).get(assessment.credit_code)
    if held is None or held.id != assessment.brand_id:
        return Refusal(BRAND_OVER)
    return brand_round, assessment


async def _assessable(
    tx: Transaction, principal: Principal, assessment_id: UUID, version: int
) -> tuple[Round, Assessment] | Refusal:
    found = await _changeable(tx, assessment_id, version, district=principal.district)
    if isinstance(found, Refusal):
        return found
    return own_interest(principal, found[1].credit_code, found[1].entered_by) or found


def _too_early(service: Service, brand_round: Round, outcome: Outcome) -> Refusal | None:
    last = brand_round.timetable.closes_on
    if outcome != "absent" or not brand_round.accepts_applications(service.clock.today()):
        return None
    return Refusal(TOO_EARLY, detail=Text(f"{last} 前仍可参加评估", f"It may take part until {last}"))


async def _corrected(
    tx: Transaction, service: Service, assessment: Assessment, body: AssessmentAmendment
) -> Result | Refusal:
    given = assessment.evidence if body.evidence is None else None
    evidence = body.evidence if given is None else [Evidence(**one) for one in given]
    outcome = body.outcome or _outcome(assessment.state)
    return await _result(
        tx, service, assessment, outcome, body.comment or assessment.comment or "", evidence or []
    )


def _outcome(state: State) -> Outcome:
    if state is State.PASSED:
        return "passed"
    return "failed" if state is State.FAILED else "absent"


async def _result(
    tx: Transaction,
    service: Service,
    assessment: Assessment,
    outcome: Outcome,
    comment: str,
    evidence: list[Evidence],
) -> Result | Refusal:
    findings = await _findings(tx, service, assessment.credit_code, outcome)
    if isinstance(findings, Refusal):
        return findings
    return Result(outcome, comment, as_kept(evidence), as_json(findings))


async def _findings(
    tx: Transaction, service: Service, credit_code: str, outcome: Outcome
) -> tuple[Finding, ...] | Refusal:
    today = service.clock.today()
    facts = await standing.facts_of(tx, [credit_code], today)
    decision = decide(facts[credit_code], parameters_on(service.law, today))
    if outcome == "passed" and not decision.allowed:
        return Refusal(NOT_ELIGIBLE, findings=decision.findings)
    return decision.findings
