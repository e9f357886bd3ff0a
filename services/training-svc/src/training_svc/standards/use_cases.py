"""Standards as a kind of published document: see :mod:`training_svc.published.use_cases`."""

from chuangpei.events.training import StandardPublished

from training_svc.problems import STANDARD_EXISTS
from training_svc.published.use_cases import Kind
from training_svc.standards.repository import STANDARDS
from training_svc.standards.schemas import StandardView


def _published(view: StandardView) -> StandardPublished:
    return StandardPublished(
        standard_id=view.id,
        withdrawn=view.withdrawn_on is not None,
        **view.model_dump(exclude={"id", "withdrawn_on", "frozen"}),
    )


STANDARD = Kind("standard", STANDARDS, StandardView, _published, STANDARD_EXISTS)
