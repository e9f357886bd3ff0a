"""Evaluation norms as a kind of published document: see :mod:`training_svc.published.use_cases`."""

from chuangpei.events.training import EvaluationNormPublished

from training_svc.norms.repository import NORMS
from training_svc.norms.schemas import NormView
from training_svc.problems import NORM_EXISTS
from training_svc.published.use_cases import Kind


def _published(view: NormView) -> EvaluationNormPublished:
    return EvaluationNormPublished(
        norm_id=view.id,
        withdrawn=view.withdrawn_on is not None,
        **view.model_dump(exclude={"id", "withdrawn_on", "frozen"}),
    )


NORM = Kind("evaluation_norm", NORMS, NormView, _published, NORM_EXISTS)
