"""Publishing a list (公布名单): one transaction switches every brand (B06, B08, B09, D08)."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.events.brand import BrandEnded
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit
from chuangpei.problems import NOT_FOUND

from brand_svc.applications import repository as applications
from brand_svc.assessments import repository as assessments
from brand_svc.assessments.lifecycle import State as AssessmentState
from brand_svc.brands import repository as brands
from brand_svc.brands.brand import Brand
from brand_svc.exit_cases import decisions
from brand_svc.exit_cases import repository as exit_cases
from brand_svc.recording import record_step
from brand_svc.rounds import repository
from brand_svc.rounds.deliberation import Listing, examined
from brand_svc.rounds.round import Recognition, Round
from brand_svc.service import Service
from brand_svc.standing import repository as standing
from brand_svc.transitions import stale

_REASONS: Mapping[AssessmentState, str] = MappingProxyType(
    {
        AssessmentState.PASSED: "barred",
        AssessmentState.FAILED: "not_passed",
        AssessmentState.ABSENT: "absent",
        AssessmentState.DUE: "absent",
    }
)


async def publish(
    tx: Transaction, service: Service, principal: Principal, round_id: UUID, version: int
) -> Listing | Refusal:
    """The city bureau publishes the list: those on it hold a brand from today, all other brands end today.

    Refused where someone on it was revoked, barred, or assessed otherwise since the deliberation (B06, B12,
    B13): the bureau then deliberates again. Of a revocation at the same time, one waits for the other.
    """
    today = service.clock.today()
    brand_round = await repository.load_for_update(tx, round_id)
    if brand_round is None:
        return Refusal(NOT_FOUND)
    before = brand_round.state
    if refused := stale(brand_round.version, version) or brand_round.publish(today):
        return refused
    recognised = await repository.list_of(tx, round_id)
    held = [brand.credit_code for brand in await brands.all_active(tx)]
    await standing.lock(tx, [*(line.credit_code for line in recognised), *held])
    warnings = await examined(tx, service, round_id, recognised)
    if isinstance(warnings, Refusal):
        return warnings
    reasons = await _reasons(tx, round_id)
    new = [_brand(line, round_id, today) for line in recognised]
    ended, lapsed = await _switch(tx, service, new, today)
    await applications.conclude(tx, round_id)
    await assessments.conclude(tx, round_id)
    await repository.save(tx, brand_round)
    told = [brand.ended(round_id, reasons.get(brand.credit_code, "not_on_list")) for brand in ended]
    await _tell(tx, service, brand_round, new, told)
    details = {
        "recognised": len(new),
        "ended": [brand.credit_code for brand in ended],
        "lapsed_cases": [str(one) for one in lapsed],
    }
    await record_step(
        tx, service, principal, "publish_round", brand_round, from_state=before, details=details
    )
    return Listing(brand_round, recognised, warnings)


async def _reasons(tx: Transaction, round_id: UUID) -> dict[str, str]:
    """Why each brand ends that is not on the list; who has to be assessed still was asked for before."""
    assessed = await assessments.standing_of_round(tx, round_id)
    return {one.credit_code: _REASONS[one.state] for one in assessed}


async def _switch(
    tx: Transaction, service: Service, new: Sequence[Brand], today: date
) -> tuple[list[Brand], list[UUID]]:
    """Ends the old list and begins the new one; the brands that are gone and their cases that lapse."""
    before = await brands.end_all(tx, today)
    await brands.add_all(tx, new)
    kept = {brand.credit_code: brand.id for brand in new if brand.credit_code in before}
    await exit_cases.follow(tx, kept)
    gone = sorted(before.keys() - kept.keys())
    return [before[code] for code in gone], await decisions.lapse(tx, service, gone)


async def _tell(
    tx: Transaction,
    service: Service,
    brand_round: Round,
    new: Sequence[Brand],
    ended: Sequence[BrandEnded],
) -> None:
    recognised = [brand.recognised() for brand in new]
    events = [brand_round.published(len(new)), *recognised, *ended]
    await emit(tx, events, service.clock.now())


def _brand(line: Recognition, round_id: UUID, today: date) -> Brand:
    return Brand(
        id=new_id(),
        credit_code=line.credit_code,
        institution_name=line.institution_name,
        district=line.district,
        tier=line.tier,
        round_id=round_id,
        recognised_on=today,
    )
