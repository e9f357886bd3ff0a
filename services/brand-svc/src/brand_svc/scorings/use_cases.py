"""Verbs: open the scorings of a round, moderate one (B04)."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from chuangpei.audit import record_all
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_ALLOWED_NOW, NOT_FOUND

from brand_svc.policy.rubric import Rubric
from brand_svc.problems import NO_RUBRIC
from brand_svc.recording import record_step
from brand_svc.rounds import repository as rounds
from brand_svc.rounds.lifecycle import UNDER_REVIEW
from brand_svc.rubrics import repository as rubrics
from brand_svc.scorings import repository
from brand_svc.scorings.lifecycle import State
from brand_svc.scorings.scoring import Moderation, Scoring, SubjectKind
from brand_svc.service import Service
from brand_svc.transitions import stale


async def open_all(
    tx: Transaction, service: Service, principal: Principal, round_id: UUID
) -> list[Scoring] | Refusal:
    """The city centre opens a scoring for each subject of a round that has none yet, by the round's rubric.

    From then on the round keeps its rubric. It may be done again as more applications come in.
    """
    brand_round = await rounds.load_for_update(tx, round_id)
    if brand_round is None:
        return Refusal(NOT_FOUND)
    if brand_round.state not in UNDER_REVIEW:
        return Refusal(NOT_ALLOWED_NOW)
    chosen = await rubrics.held_of_round(tx, round_id)
    if chosen is None:
        return Refusal(NO_RUBRIC)
    now = service.clock.now()
    opened = [
        Scoring(
            id=new_id(),
            round_id=round_id,
            rubric_id=chosen.rubric_id,
            subject_kind=SubjectKind(row["subject_kind"]),
            subject_id=row["id"],
            credit_code=row["credit_code"],
            institution_name=row["institution_name"],
            district=row["district"],
            state=State.OPEN,
            shares=None,
            opened_at=now,
            version=1,
        )
        for row in await repository.unscored(tx, round_id)
    ]
    await repository.add_all(tx, opened)
    await record_all(
        tx,
        principal,
        at=now,
        action="open_scoring",
        object_type=Scoring.OBJECT_TYPE,
        to_states={one.id: one.state for one in opened},
        details={"round_id": str(round_id)},
    )
    return opened


async def moderate(
    tx: Transaction,
    service: Service,
    principal: Principal,
    scoring_id: UUID,
    version: int,
    marks: Mapping[str, int],
    reason: str,
) -> Scoring | Refusal:
    """The city centre changes marks of a settled score, with its reason (复核调整; B04)."""
    known = await repository.find(tx, scoring_id)
    if known is None:
        return Refusal(NOT_FOUND)
    rubric = await rubric_of(tx, known.rubric_id)
    if errors := tuple(unfit_marks(rubric, marks)):
        return Refusal(INVALID_INPUT, errors=errors)
    # The round before the scoring, as everybody takes them.
    brand_round = await rounds.load_unchanging(tx, known.round_id)
    scoring = await repository.load_for_update(tx, scoring_id)
    assert brand_round is not None
    assert scoring is not None
    if refused := stale(scoring.version, version):
        return refused
    if brand_round.state not in UNDER_REVIEW:
        return Refusal(NOT_ALLOWED_NOW)
    before, points_before = scoring.state, scoring.points(rubric)
    if refused := scoring.moderate(rubric, marks):
        return refused
    points = scoring.points(rubric)
    assert points_before is not None
    assert points is not None
    now = service.clock.now()
    await repository.save(tx, scoring)
    await repository.add_moderation(
        tx, Moderation(new_id(), scoring_id, marks, reason, points_before, points, now, principal.subject)
    )
    await record_step(tx, service, principal, "moderate_scoring", scoring, from_state=before, reason=reason)
    return scoring


async def rubric_of(tx: Transaction, rubric_id: UUID) -> Rubric:
    """The rubric by which something is scored."""
    found = await rubrics.find(tx, rubric_id)
    assert found is not None, "a scoring has its rubric"
    return found.rubric


def unfit_marks(rubric: Rubric, marks: Mapping[str, int]) -> Iterator[FieldError]:
    """What is wrong with marks: of no judged indicator of the rubric, or beyond its scale."""
    scales = {one.code: one.scale for one in rubric.judged}
    for code, mark in marks.items():
        pointer, scale = f"/marks/{code}", scales.get(code)
        if scale is None:
            text = Text("评分规则中没有此评分指标", "The rubric has no such judged indicator")
            yield FieldError(pointer, "unknown_indicator", text)
        elif mark > scale:
            text = Text(f"超出量程 0–{scale}", f"Marks run from 0 to {scale}")
            yield FieldError(pointer, "beyond_the_scale", text)
