"""Where the rest of an event is read: the address of what its key stands for."""

from collections.abc import Mapping
from types import MappingProxyType

from chuangpei.events.base import TYPE_PREFIX
from chuangpei.events.registry import EVENT_TYPES

_PATHS: Mapping[str, str] = MappingProxyType(
    {
        "batch_id": "/subsidy/v1/batches/{}",
        "certificate_id": "/subsidy/v1/windows/{}",
        "claim_id": "/subsidy/v1/claims/{}",
        "class_id": "/training/v1/classes/{}",
        "complaint_id": "/training/v1/complaints/{}",
        "course_id": "/training/v1/courses/{}",
        "credit_code": "/training/v1/institutions?credit_code={}",
        "endpoint_id": "/webhook/v1/endpoints/{}",
        "enrolment_id": "/training/v1/enrolments/{}",
        "evaluation_id": "/cert/v1/evaluations/{}",
        "follow_up_id": "/training/v1/follow-ups/{}",
        "inspection_id": "/training/v1/inspections/{}",
        "instructor_id": "/training/v1/instructors/{}",
        "norm_id": "/training/v1/evaluation-norms/{}",
        "proposal_id": "/subsidy/v1/proposals/{}",
        "round_id": "/brand/v1/rounds/{}",
        "session_id": "/cert/v1/sessions/{}",
        "standard_id": "/training/v1/standards/{}",
    }
)
"""By the field that an event's key is of."""
_OF_TOPIC: Mapping[str, str] = MappingProxyType(
    {
        f"{TYPE_PREFIX}.brand": "/brand/v1/brands/{}",
        f"{TYPE_PREFIX}.certificate": "/cert/v1/certificate-ledger?certificate_id={}",
    }
)
"""Where a topic has a home of its own for that key."""


def link_to(origin: str, event_type: str, topic: str, key: str) -> str:
    """The address at which whoever may see it reads what the event tells of."""
    path = _OF_TOPIC.get(topic) or _PATHS[EVENT_TYPES[event_type].KEY]
    return origin + path.format(key)
