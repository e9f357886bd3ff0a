"""What is done with rankings: reckon one, publish it."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Database, Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal, Text

from training_svc.policy.findings import finding
from training_svc.policy.ranking import Formula, Score, formula_on, ranks, score
from training_svc.problems import RANKING_REFUSED
from training_svc.rankings import repository
from training_svc.rankings.figures import figures
from training_svc.rankings.schemas import EntryView, FormulaView, PartView, PublishedView
from training_svc.service import Service

_NO_LAW = Text("该年度末文件不在有效期内", "The document is not in force at the end of that year")


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ranking as the records stand, every place of it, and the formula it rests on."""

    formula: FormulaView
    entries: list[EntryView]

    def as_json(self) -> list[dict[str, Any]]:
        """The places as the list of them takes them."""
        return [entry.model_dump(mode="json") for entry in self.entries]


async def reckon(
    source: Database | Transaction, service: Service, year: int, district: str | None
) -> Ranking | Refusal:
    """The ranking of a year and district as the records stand now (T08), by the formula of its last day."""
    last = date(year, 12, 31)
    in_force = service.law.in_force
    if not in_force.covers(last):
        required = f"{in_force.first}/{in_force.last or ''}"
        return Refusal(RANKING_REFUSED, findings=(finding("O06", False, last, required, _NO_LAW),))
    formula = formula_on(service.law, last)
    until = min(last, service.clock.today())
    found = await figures(source, date(year, 1, 1), until, district)
    scored = [(row, score(one, formula)) for row, one in found]
    return Ranking(_formula_view(formula), _entries(scored))


async def publish(
    tx: Transaction, service: Service, principal: Principal, year: int, district: str | None
) -> PublishedView | Refusal:
    """The city centre publishes a ranking: it is frozen with its formula and figures (T08)."""
    reckoned = await reckon(tx, service, year, district)
    if isinstance(reckoned, Refusal):
        return reckoned
    now = service.clock.now()
    view = PublishedView(
        id=new_id(),
        year=year,
        district=district,
        formula=reckoned.formula,
        institutions=len(reckoned.entries),
        published_at=now,
        published_by=principal.subject,
    )
    values = view.model_dump() | {"formula": view.formula.model_dump(mode="json")}
    await repository.insert_new(tx, values, [_row(view, one) for one in reckoned.entries])
    await record(
        tx,
        principal,
        at=now,
        action="publish_ranking",
        object_type="ranking",
        object_id=view.id,
        details={"year": year, "district": district},
    )
    return view


def _entries(scored: list[tuple[Row, Score]]) -> list[EntryView]:
    """The ranked ones by rank, then the others by name."""
    placed = sorted(
        zip(scored, ranks([one for _, one in scored]), strict=True),
        key=lambda one: (one[1] is None, one[1] or 0),
    )
    return [
        EntryView(
            place=place,
            rank=rank,
            institution_id=row["id"],
            credit_code=row["credit_code"],
            name=row["name"],
            trainees=row["trainees"],
            score=reached.value,
            failing=reached.failing,
            components=[PartView.model_validate(asdict(part)) for part in reached.parts],
        )
        for place, ((row, reached), rank) in enumerate(placed, start=1)
    ]


def _formula_view(formula: Formula) -> FormulaView:
    return FormulaView(
        weights=dict(formula.weights),
        minimum_trainees=formula.minimum_trainees,
        complaints_per_hundred=formula.complaints_per_hundred,
        failing_below=formula.failing_below,
    )


def _row(view: PublishedView, entry: EntryView) -> dict[str, Any]:
    components = [part.model_dump(mode="json") for part in entry.components]
    return entry.model_dump() | {"ranking_id": view.id, "components": components}
