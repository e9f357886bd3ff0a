"""What speaks against a session's evaluators evaluating one candidate (回避; C04)."""

from collections.abc import Set as AbstractSet

from cert_svc.completions.completion import Completion
from cert_svc.evaluation_bodies.body import Body
from cert_svc.policy.sessions import Conflict


def conflict(completion: Completion, body: Body, evaluator_keys: AbstractSet[str]) -> Conflict:
    """The facts about the evaluators of the body by their person keys, beside a trainee's training."""
    return Conflict(
        is_of_the_institution=completion.institution.credit_code == body.credit_code,
        is_trainee=completion.person.person_key in evaluator_keys,
        taught_the_class=not evaluator_keys.isdisjoint(completion.instructor_keys),
    )
