"""Verbs: publish a round's ranking; try a rubric on a round (B04)."""

from typing import Any
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND

from brand_svc.policy.ranking import Ranked
from brand_svc.policy.rubric import Rubric
from brand_svc.problems import RANKING_INCOMPLETE
from brand_svc.rankings import repository
from brand_svc.rankings.reckoning import Ground, ground_of, passes, reaches_city, row_of
from brand_svc.rounds import repository as rounds
from brand_svc.rounds.lifecycle import State as RoundState
from brand_svc.rubrics import repository as rubrics
from brand_svc.scorings import repository as scorings
from brand_svc.service import Service


async def reckon(tx: Transaction, service: Service, round_id: UUID) -> list[dict[str, Any]] | Refusal:
    """The ranking of a round as scores and facts stand now (B04)."""
    ground = await ground_of(tx, service, round_id)
    if isinstance(ground, Refusal):
        return ground
    rubric = ground.version.rubric
    return [row_of(ground, rubric, one) for one in ground.rank(rubric)]


async def publish(
    tx: Transaction, service: Service, principal: Principal, round_id: UUID
) -> dict[str, Any] | Refusal:
    """The city centre publishes the ranking of a closed round, frozen with all it rests on (B04).

    Refused while a subject is not settled. It may be published anew after a moderation: the last one holds.
    """
    brand_round = await rounds.load_for_update(tx, round_id)
    if brand_round is None:
        return Refusal(NOT_FOUND)
    if brand_round.state is not RoundState.CLOSED:
        return Refusal(NOT_ALLOWED_NOW)
    if missing := await scorings.unsettled(tx, round_id):
        return Refusal(RANKING_INCOMPLETE, detail=_unsettled(missing))
    ground = await ground_of(tx, service, round_id)
    if isinstance(ground, Refusal):
        return ground
    rubric, now = ground.version.rubric, service.clock.now()
    entries = [row_of(ground, rubric, one) for one in ground.rank(rubric)]
    values = {
        "id": new_id(),
        "round_id": round_id,
        "number": await repository.next_number(tx, round_id),
        "rubric_id": ground.version.id,
        "first_year": ground.chosen.first_year,
        "last_year": ground.chosen.last_year,
        "parameters_version": ground.law.version,
        "subjects": len(entries),
        "published_at": now,
        "published_by": principal.subject,
    }
    await repository.add(tx, values, entries)
    details = {"round_id": str(round_id), "number": values["number"], "subjects": len(entries)}
    await record(
        tx,
        principal,
        at=now,
        action="publish_ranking",
        object_type="ranking",
        object_id=values["id"],
        details=details,
    )
    return values


def _unsettled(missing: int) -> Text:
    return Text(f"尚有 {missing} 个评分未评定", f"{missing} scores are not settled")


async def try_out(
    tx: Transaction, service: Service, rubric_id: UUID, round_id: UUID
) -> list[dict[str, Any]] | Refusal:
    """What a rubric, published or not, would move in a round that is scored already (试算; B04).

    Both rankings are reckoned from the same scores and the same facts as they stand now: what differs is
    what the rubric changes. An indicator that it asks anew has no marks and gives nothing.
    """
    tried = await rubrics.find(tx, rubric_id)
    if tried is None:
        return Refusal(NOT_FOUND)
    ground = await ground_of(tx, service, round_id)
    if isinstance(ground, Refusal):
        return ground
    own, other = ground.version.rubric, tried.rubric
    before = {one.scored.scoring_id: one for one in ground.rank(own)}
    return [
        _moved(ground, (own, before[after.scored.scoring_id]), (other, after)) for after in ground.rank(other)
    ]


def _moved(ground: Ground, before: tuple[Rubric, Ranked], after: tuple[Rubric, Ranked]) -> dict[str, Any]:
    scoring = ground.scorings[after[1].scored.scoring_id]
    lines = {
        f"{name}_{when}": line(rubric, one.scored)
        for name, line in (("passes", passes), ("reaches_city", reaches_city))
        for when, (rubric, one) in (("before", before), ("after", after))
    }
    crosses = any(lines[f"{name}_before"] != lines[f"{name}_after"] for name in ("passes", "reaches_city"))
    return {
        "place": after[1].place,
        "scoring_id": str(scoring.id),
        "credit_code": scoring.credit_code,
        "institution_name": scoring.institution_name,
        "district": scoring.district,
        "rank_before": before[1].rank,
        "rank_after": after[1].rank,
        "total_before": before[1].scored.total,
        "total_after": after[1].scored.total,
        **lines,
        "moved": before[1].rank - after[1].rank,
        "crosses": crosses,
        "unmarked": [one.code for one in after[1].scored.parts if one.share is None],
    }
