"""The subjects of a round ranked by a rubric, from settled scores and the facts as they stand (B04)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND

from brand_svc.indicators import repository as indicators
from brand_svc.policy.indicators import Figures, Formulas, formulas_of
from brand_svc.policy.parameters import Parameters, parameters_on
from brand_svc.policy.ranking import Ranked, Scored, ranked
from brand_svc.policy.rubric import Rubric
from brand_svc.policy.scoring import Part, parts_of
from brand_svc.problems import NO_RUBRIC
from brand_svc.rounds import repository as rounds
from brand_svc.rubrics import repository as rubrics
from brand_svc.rubrics.rubric import RoundRubric, RubricVersion
from brand_svc.scorings import repository as scorings
from brand_svc.scorings.scoring import Scoring
from brand_svc.service import Service


@dataclass(frozen=True, slots=True)
class Ground:
    """What a round's ranking rests on: its settled scorings, their figures, its rubric and formulas."""

    chosen: RoundRubric
    version: RubricVersion
    law: Parameters
    scorings: Mapping[UUID, Scoring]
    figures: Mapping[str, Figures]

    def rank(self, rubric: Rubric) -> list[Ranked]:
        """Its subjects by a rubric: the round's own, or one that is tried out."""
        formulas = formulas_of(self.law)
        return ranked(rubric, [self._scored(rubric, one, formulas) for one in self.scorings.values()])

    def _scored(self, rubric: Rubric, one: Scoring, formulas: Formulas) -> Scored:
        assert one.shares is not None, "only what is settled is ranked"
        parts = parts_of(rubric, one.shares, self.figures[one.credit_code], formulas)
        return Scored.of(one.id, one.credit_code, parts)


async def ground_of(tx: Transaction, service: Service, round_id: UUID) -> Ground | Refusal:
    """What the ranking of a round rests on just now; subjects that are not settled are not in it."""
    brand_round = await rounds.find(tx, round_id)
    if brand_round is None:
        return Refusal(NOT_FOUND)
    chosen = await rubrics.of_round(tx, round_id)
    if chosen is None:
        return Refusal(NO_RUBRIC)
    version = await rubrics.find(tx, chosen.rubric_id)
    assert version is not None, "a round has its rubric"
    found = {one.id: one for one in await scorings.of_round(tx, round_id) if one.shares is not None}
    codes = sorted({one.credit_code for one in found.values()})
    figures = await indicators.figures_of(tx, codes, chosen.first_year, chosen.last_year)
    law = parameters_on(service.law, brand_round.timetable.opens_on)
    return Ground(chosen, version, law, found, figures)


def row_of(ground: Ground, rubric: Rubric, one: Ranked) -> dict[str, Any]:
    """A place of a ranking as JSON knows it."""
    scoring = ground.scorings[one.scored.scoring_id]
    return {
        "place": one.place,
        "rank": one.rank,
        "scoring_id": str(scoring.id),
        "credit_code": scoring.credit_code,
        "institution_name": scoring.institution_name,
        "district": scoring.district,
        "total": one.scored.total,
        "passes": passes(rubric, one.scored),
        "reaches_city": reaches_city(rubric, one.scored),
        "parts": [_part(part) for part in one.scored.parts],
        "figures": {figure.value: much for figure, much in ground.figures[scoring.credit_code].items()},
    }


def passes(rubric: Rubric, scored: Scored) -> bool:
    """Whether the total reaches the pass mark (达标线)."""
    return scored.total >= rubric.pass_mark * 100


def reaches_city(rubric: Rubric, scored: Scored) -> bool:
    """Whether the total reaches the line of the city tier (市级参考线), if the rubric has one."""
    return rubric.city_mark is not None and scored.total >= rubric.city_mark * 100


def _part(part: Part) -> dict[str, Any]:
    return {
        "dimension": part.dimension,
        "indicator": part.code,
        "weight": part.weight,
        "share": part.share,
        "points": part.points,
        "value": part.value,
    }
