"""Evaluations and their disputes as rows, and back."""

from dataclasses import asdict
from typing import Any

from chuangpei.database import Row

from cert_svc.completions.repository import completion_of
from cert_svc.evaluations.evaluation import Evaluation
from cert_svc.evaluations.lifecycle import State
from cert_svc.evaluations.records import (
    Confirmation,
    Dispute,
    Evaluator,
    Publication,
    Review,
    Score,
    Voiding,
)
from cert_svc.policy.rubric import Part, Rubric


def evaluation_of(row: Row) -> Evaluation:
    """The evaluation of a row that carries its completion and its dispute."""
    return Evaluation(
        id=row["id"],
        completion=completion_of(row),
        attempt=row["attempt"],
        state=State(row["state"]),
        rubric=_rubric_of(row),
        opened_at=row["opened_at"],
        version=row["version"],
        body_id=row["body_id"],
        score=_score_of(row),
        confirmation=_confirmation_of(row),
        publication=_publication_of(row),
        dispute=_dispute_of(row),
        voiding=_voiding_of(row),
        counts=row["counts"],
    )


def _rubric_of(row: Row) -> Rubric:
    return Rubric(
        pass_mark=row["pass_mark"],
        most_retakes=row["most_retakes"],
        retake_months=row["retake_months"],
        dispute_days=row["dispute_days"],
        norm_version=row["norm_version"],
        parts=tuple(Part(**one) for one in row["parts"] or ()),
        most_difference=row["most_difference"],
    )


def _score_of(row: Row) -> Score | None:
    if row["score"] is None:
        return None
    by = Evaluator(row["scored_by"], row["scored_by_key"])
    return Score(row["score"], row["part_points"], row["comment"], by, row["scored_at"], row["evaluated_on"])


def _confirmation_of(row: Row) -> Confirmation | None:
    if row["passed"] is None:
        return None
    by = Evaluator(row["confirmed_by"], row["confirmed_by_key"])
    return Confirmation(row["passed"], by, row["confirmed_at"])


def _publication_of(row: Row) -> Publication | None:
    if row["published_at"] is None:
        return None
    return Publication(row["published_by"], row["published_at"], row["last_dispute_day"])


def _dispute_of(row: Row) -> Dispute | None:
    if row["disputed_at"] is None:
        return None
    return Dispute(row["grounds_encrypted"], row["disputed_by"], row["disputed_at"], _review_of(row))


def _review_of(row: Row) -> Review | None:
    if row["outcome"] is None:
        return None
    before = (row["score_before"], row["part_points_before"], row["passed_before"])
    return Review(
        row["review_reason"],
        Evaluator(row["reviewed_by"], row["reviewed_by_key"]),
        row["reviewed_at"],
        before if row["outcome"] == "corrected" else None,
    )


def _voiding_of(row: Row) -> Voiding | None:
    if row["voided_at"] is None:
        return None
    return Voiding(row["void_reason_code"], row["void_note"], row["voided_by"], row["voided_at"])


def dispute_values(evaluation: Evaluation) -> dict[str, Any]:
    """The columns of its dispute, which it has."""
    dispute = evaluation.dispute
    assert dispute is not None, "only a disputed evaluation has a row"
    review = dispute.review
    score_before, parts_before, passed_before = (review and review.before) or (None, None, None)
    return {
        "evaluation_id": evaluation.id,
        "grounds_encrypted": dispute.grounds_encrypted,
        "disputed_by": dispute.by,
        "disputed_at": dispute.at,
        "outcome": review.outcome if review else None,
        "review_reason": review.reason if review else None,
        "reviewed_by": review.by.subject if review else None,
        "reviewed_by_key": review.by.person_key if review else None,
        "reviewed_at": review.at if review else None,
        "score_before": score_before,
        "part_points_before": parts_before,
        "passed_before": passed_before,
    }


def evaluation_values(evaluation: Evaluation) -> dict[str, Any]:
    """The columns of an evaluation."""
    rubric, score, confirmation = evaluation.rubric, evaluation.score, evaluation.confirmation
    publication, voiding = evaluation.publication, evaluation.voiding
    return {
        "id": evaluation.id,
        "enrolment_id": evaluation.completion.enrolment_id,
        "district": evaluation.completion.institution.district,
        "attempt": evaluation.attempt,
        "state": evaluation.state,
        "pass_mark": rubric.pass_mark,
        "most_retakes": rubric.most_retakes,
        "retake_months": rubric.retake_months,
        "dispute_days": rubric.dispute_days,
        "most_difference": rubric.most_difference,
        "norm_version": rubric.norm_version,
        "parts": [asdict(one) for one in rubric.parts] or None,
        "part_points": score.part_points if score else None,
        "opened_at": evaluation.opened_at,
        "version": evaluation.version,
        "body_id": evaluation.body_id,
        "score": score.points if score else None,
        "comment": score.comment if score else None,
        "scored_by": score.by.subject if score else None,
        "scored_by_key": score.by.person_key if score else None,
        "scored_at": score.at if score else None,
        "evaluated_on": score.evaluated_on if score else None,
        "passed": confirmation.passed if confirmation else None,
        "confirmed_by": confirmation.by.subject if confirmation else None,
        "confirmed_by_key": confirmation.by.person_key if confirmation else None,
        "confirmed_at": confirmation.at if confirmation else None,
        "published_at": publication.at if publication else None,
        "published_by": publication.by if publication else None,
        "last_dispute_day": publication.last_dispute_day if publication else None,
        "voided_at": voiding.at if voiding else None,
        "voided_by": voiding.by if voiding else None,
        "void_reason_code": voiding.reason_code if voiding else None,
        "void_note": voiding.note if voiding else None,
        "counts": evaluation.counts,
    }
