"""Priority on the waiting list of a class (重点面向; T02, T04): it orders the list and never bars anyone."""

from enum import StrEnum

from training_svc.policy.parameters import Parameters


class PriorityGroup(StrEnum):
    """Whom the document puts first (重点群体).

    Stages 1 and 2 (T02): 在校学生, 退役军人, 残疾人, 即将刑满释放人员. Stage 4 (T04): heads of firms that won
    a contest or have venture capital.
    """

    STUDENT = "student"
    VETERAN = "veteran"
    DISABLED = "disabled"
    SOON_RELEASED = "soon_released"
    CONTEST_WINNER = "contest_winner"
    VENTURE_BACKED = "venture_backed"


def rank_of(group: PriorityGroup | None, stage: int, parameters: Parameters) -> int:
    """The place of a group in the order of the stage, 0 the first; all in none of them come after."""
    order = {
        1: parameters.priority_groups_stages_1_2,
        2: parameters.priority_groups_stages_1_2,
        4: parameters.priority_groups_stage_4,
    }.get(stage, ())
    return order.index(group) if group in order else len(order)
