"""The steps of an evaluation as each may see them (办理记录; C04)."""

from collections.abc import Iterator, Sequence

from chuangpei.auth import Principal, Role
from chuangpei.database import Row

from cert_svc.evaluations.evaluation import Evaluation
from cert_svc.evaluations.schemas import StepView

_OF_THE_RESULT = frozenset({"confirm", "publish", "uphold", "correct", "void"})
_REASON_FOR_THE_TRAINEE = frozenset({"uphold", "correct"})


def steps_seen(rows: Sequence[Row], evaluation: Evaluation, principal: Principal) -> list[StepView]:
    """Who did what, when, from what, to what, as far as the principal may see it."""
    return [_step(row, set(_hidden(row, evaluation, principal))) for row in rows]


def _step(row: Row, hidden: set[str]) -> StepView:
    shown = {**row["details"], **row} | dict.fromkeys(hidden)
    return StepView.model_validate({name: shown.get(name) for name in StepView.model_fields})


def _hidden(row: Row, evaluation: Evaluation, principal: Principal) -> Iterator[str]:
    if row["actor"] == principal.subject:
        return
    unsettled = row["action"] == "score_blind" and evaluation.score is None
    for_trainee = principal.role is Role.CITIZEN
    if unsettled or for_trainee:
        yield "actor"
    if unsettled or (for_trainee and row["action"] not in _OF_THE_RESULT):
        yield from ("score", "parts")
    if unsettled or (for_trainee and row["action"] not in _REASON_FOR_THE_TRAINEE):
        yield "reason"
