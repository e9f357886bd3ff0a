"""Publishing a list (公布名单): one transaction switches every brand (B06, B08, B09, D08)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.events.brand import BrandRoundPublished
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit
from chuangpei.problems import NOT_FOUND

from brand_svc.applications import repository as applications
from brand_svc.brands import repository as brands
from brand_svc.brands.brand import Brand
from brand_svc.exit_cases import repository as exit_cases
from brand_svc.recording import record_step
from brand_svc.rounds import repository
from brand_svc.rounds.round import Recognition, Round
from brand_svc.rounds.use_cases import Listing, examined
from brand_svc.service import Service
from brand_svc.standing import repository as standing
from brand_svc.transitions import stale


async def publish(
    tx: Transaction, service: Service, principal: Principal, round_id: UUID, version: int
) -> Listing | Refusal:
    """The city bureau publishes the list: those on it hold a brand from today, all other brands end today.

    Refused with every finding where someone on it was revoked or barred since the deliberation (B12, B13):
    the bureau then deliberates again. Of a revocation at the same time, one waits for the other.
    """
    today = service.clock.today()
    brand_round = await repository.load_for_update(tx, round_id)
    if brand_round is None:
        return Refusal(NOT_FOUND)
    before = brand_round.state
    if refused := stale(brand_round.version, version) or brand_round.publish(today):
        return refused
    recognised = await repository.list_of(tx, round_id)
    codes = [line.credit_code for line in recognised]
    await standing.lock(tx, [*codes, *await brands.active_codes(tx)])
    findings = await examined(tx, service, codes)
    if isinstance(findings, Refusal):
        return findings
    new = [_brand(line, round_id, today) for line in recognised]
    gone, lapsed = await _switch(tx, new, today)
    await applications.conclude(tx, round_id)
    await repository.save(tx, brand_round)
    ended = [brand.ended(round_id) for brand in gone]
    await emit(
        tx,
        [_published(brand_round, new), *ended, *(brand.recognised() for brand in new)],
        service.clock.now(),
    )
    details = {
        "recognised": len(new),
        "ended": [brand.credit_code for brand in gone],
        "lapsed_cases": [str(one) for one in lapsed],
    }
    await record_step(
        tx, service, principal, "publish_round", brand_round, from_state=before, details=details
    )
    return Listing(brand_round, recognised, findings)


async def _switch(tx: Transaction, new: Sequence[Brand], today: date) -> tuple[list[Brand], list[UUID]]:
    """Ends the old list and begins the new one; the brands without a successor, their cases that lapse."""
    before = await brands.end_all(tx, today)
    await brands.add_all(tx, new)
    kept = {brand.credit_code: brand.id for brand in new if brand.credit_code in before}
    await exit_cases.follow(tx, kept)
    gone = [before[code] for code in sorted(before.keys() - kept.keys())]
    return gone, await exit_cases.lapse(tx, [brand.credit_code for brand in gone], today)


def _brand(line: Recognition, round_id: UUID, today: date) -> Brand:
    return Brand(
        id=new_id(),
        credit_code=line.credit_code,
        institution_name=line.institution_name,
        district=line.district,
        tier=line.tier,
        round_id=round_id,
        application_id=line.application_id,
        recognised_on=today,
    )


def _published(brand_round: Round, new: Sequence[Brand]) -> BrandRoundPublished:
    assert brand_round.published_on is not None
    return BrandRoundPublished(
        round_id=brand_round.id,
        name=brand_round.name,
        published_on=brand_round.published_on,
        recognised=len(new),
    )
