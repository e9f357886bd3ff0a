"""Why a score is what it is (评分说明): each indicator down to its evidence (B04)."""

from collections.abc import Sequence
from uuid import UUID

from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND

from brand_svc.indicators import repository as indicators
from brand_svc.indicators.schemas import MeasuredView
from brand_svc.policy.indicators import COUNTED, Figures, Formula, Formulas, formulas_of
from brand_svc.policy.parameters import parameters_on
from brand_svc.policy.rubric import Indicator, Rubric, Section
from brand_svc.policy.scoring import Part, judged_points, parts_of, settled, shares_of, total_of
from brand_svc.problems import NOT_SETTLED
from brand_svc.rounds import repository as rounds
from brand_svc.rubrics import repository as rubrics
from brand_svc.rubrics.rubric import RoundRubric
from brand_svc.scorings import repository
from brand_svc.scorings.schemas import (
    AutomaticView,
    ExplainedIndicator,
    ExplainedSection,
    Explanation,
    GivenMark,
    GivenScore,
    ModerationView,
    ScoringView,
)
from brand_svc.scorings.scoring import Score, Scoring
from brand_svc.service import Service


async def explain(tx: Transaction, service: Service, scoring_id: UUID) -> Explanation | Refusal:
    """The explanation of a settled score; refused before, so that blind scores stay blind."""
    scoring = await repository.find(tx, scoring_id)
    if scoring is None:
        return Refusal(NOT_FOUND)
    if scoring.shares is None:
        return Refusal(NOT_SETTLED)
    version = await rubrics.find(tx, scoring.rubric_id)
    chosen = await rubrics.of_round(tx, scoring.round_id)
    assert version is not None, "a scoring has its rubric"
    assert chosen is not None, "what is scored has its round's years"
    rubric = version.rubric
    found = await indicators.figures_of(tx, [scoring.credit_code], chosen.first_year, chosen.last_year)
    formulas = await formulas_of_round(tx, service, scoring.round_id)
    shown = _Shown(scoring, chosen, found[scoring.credit_code], formulas)
    parts = parts_of(rubric, scoring.shares, shown.figures, formulas)
    total = total_of(parts)
    return Explanation(
        **dict(ScoringView.of(scoring)),
        rubric_label=version.label,
        first_year=chosen.first_year,
        last_year=chosen.last_year,
        total=total,
        pass_mark=rubric.pass_mark,
        city_mark=rubric.city_mark,
        passes=total >= rubric.pass_mark * 100,
        sections=[shown.section(one, parts) for one in rubric.sections],
        scores=_scores(rubric, scoring),
        moderations=[
            ModerationView(**{name: getattr(one, name) for name in ModerationView.model_fields})
            for one in await repository.moderations_of(tx, scoring_id)
        ],
    )


async def formulas_of_round(tx: Transaction, service: Service, round_id: UUID) -> Formulas:
    """The formulas of the day on which a round opens."""
    brand_round = await rounds.find(tx, round_id)
    assert brand_round is not None, "what is scored has its round"
    return formulas_of(parameters_on(service.law, brand_round.timetable.opens_on))


class _Shown:
    """What the indicators of one score are shown with."""

    def __init__(self, scoring: Scoring, chosen: RoundRubric, figures: Figures, formulas: Formulas) -> None:
        self._scoring, self._chosen, self._formulas = scoring, chosen, formulas
        self.figures = figures

    def section(self, section: Section, parts: Sequence[Part]) -> ExplainedSection:
        """One dimension with its indicators."""
        own = {one.code: one for one in parts if one.dimension is section.dimension}
        return ExplainedSection(
            dimension=section.dimension,
            name=section.dimension.zh,
            weight=section.weight,
            points=total_of(tuple(own.values())),
            indicators=[self._indicator(one, own[one.code]) for one in section.indicators],
        )

    def _indicator(self, one: Indicator, part: Part) -> ExplainedIndicator:
        return ExplainedIndicator(
            code=one.code,
            name=one.name,
            weight=one.weight,
            evidence=one.evidence,
            scale=one.scale,
            share=part.share,
            points=part.points,
            marks=[_mark(score, one.code) for score in self._scoring.scores if one.code in score.marks],
            automatic=self._automatic(one),
        )

    def _automatic(self, one: Indicator) -> AutomaticView | None:
        if one.automatic is None:
            return None
        formula = self._formulas[one.automatic.measure]
        return AutomaticView(
            measured=MeasuredView.reckoned(one.automatic.measure, formula, self.figures),
            nothing_at=one.automatic.nothing_at,
            full_at=one.automatic.full_at,
            facts=self._facts(formula),
        )

    def _facts(self, formula: Formula) -> list[str]:
        figures = [formula.of] + ([formula.per] if formula.per else [])
        kinds = dict.fromkeys(COUNTED[figure].kind for figure in figures)
        path = f"/brand/v1/institutions/{self._scoring.credit_code}/facts"
        years = f"since={self._chosen.first_year}-01-01&until={self._chosen.last_year}-12-31"
        return [f"{path}?kind={kind}&counts=true&{years}" for kind in kinds]


def _mark(score: Score, code: str) -> GivenMark:
    return GivenMark(assessor=score.place, mark=score.marks[code], basis=score.bases[code])


def _scores(rubric: Rubric, scoring: Scoring) -> list[GivenScore]:
    shares = [shares_of(rubric, one.marks) for one in scoring.scores]
    found = settled(rubric, shares)
    assert found is not None, "what is explained is settled"
    return [
        GivenScore(
            assessor=one.place,
            points=judged_points(rubric, shares[number]),
            comment=one.comment,
            scored_at=one.scored_at,
            used=number in found.used,
        )
        for number, one in enumerate(scoring.scores)
    ]
