"""What is told of an evaluation to the other services; nobody is named."""

from typing import Any
from uuid import UUID

from chuangpei.events.cert import (
    EvaluationConfirmed,
    EvaluationCorrected,
    EvaluationDisputed,
    EvaluationOpened,
    EvaluationPublished,
    EvaluationUpheld,
    EvaluationVoided,
)
from chuangpei.kernel.clock import civil_date

from cert_svc.evaluations.evaluation import Evaluation


def opened(evaluation: Evaluation) -> EvaluationOpened:
    """It was opened, or opened again."""
    return EvaluationOpened(
        **_about(evaluation), attempt=evaluation.attempt, opened_on=civil_date(evaluation.opened_at)
    )


def confirmed(evaluation: Evaluation) -> EvaluationConfirmed:
    """Its score was confirmed."""
    assert evaluation.score is not None, "what is confirmed has a score"
    return EvaluationConfirmed(
        **_about(evaluation), **_result(evaluation), evaluated_on=evaluation.score.evaluated_on
    )


def published(evaluation: Evaluation) -> EvaluationPublished:
    """Its result was published."""
    publication = evaluation.publication
    assert publication is not None, "it was published just now"
    return EvaluationPublished(
        **_about(evaluation),
        **_result(evaluation),
        published_on=civil_date(publication.at),
        last_dispute_day=publication.last_dispute_day,
    )


def disputed(evaluation: Evaluation) -> EvaluationDisputed:
    """The trainee disputes its result."""
    assert evaluation.dispute is not None, "it was disputed just now"
    return EvaluationDisputed(**_about(evaluation), disputed_on=civil_date(evaluation.dispute.at))


def reviewed(evaluation: Evaluation) -> EvaluationUpheld | EvaluationCorrected:
    """What came of the dispute."""
    review = evaluation.dispute.review if evaluation.dispute else None
    assert review is not None, "it was reviewed just now"
    assert evaluation.score is not None, "what was reviewed has a score"
    told = _about(evaluation) | _result(evaluation) | {"reviewed_on": civil_date(review.at)}
    if review.before is None:
        return EvaluationUpheld(**told)
    score_before, _, passed_before = review.before
    return EvaluationCorrected(
        **told,
        evaluated_on=evaluation.score.evaluated_on,
        score_before=score_before,
        passed_before=passed_before,
    )


def voided(evaluation: Evaluation, following: Evaluation | None) -> EvaluationVoided:
    """It was voided; ``following`` is the one opened in its place, if any."""
    assert evaluation.voiding is not None, "it was voided just now"
    followed_by: UUID | None = following.id if following else None
    return EvaluationVoided(
        **_about(evaluation),
        passed=evaluation.confirmation.passed if evaluation.confirmation else None,
        reason_code=evaluation.voiding.reason_code,
        voided_on=civil_date(evaluation.voiding.at),
        followed_by=followed_by,
    )


def _about(evaluation: Evaluation) -> dict[str, Any]:
    completion = evaluation.completion
    return {
        "evaluation_id": evaluation.id,
        "enrolment_id": completion.enrolment_id,
        "class_id": completion.class_id,
        "institution": completion.institution,
        "project": completion.project,
        "person_key": completion.person.person_key,
    }


def _result(evaluation: Evaluation) -> dict[str, Any]:
    assert evaluation.score is not None, "it has a result"
    assert evaluation.confirmation is not None, "it has a result"
    return {
        "passed": evaluation.confirmation.passed,
        "score": evaluation.score.points,
        "pass_mark": evaluation.rubric.pass_mark,
    }
