"""Exits as they are shown: in the state of the day."""

from datetime import date

from chuangpei.database import Row

from training_svc.exits.lifecycle import State, state_on
from training_svc.exits.schemas import ExitView


def view(row: Row, today: date) -> ExitView:
    """An exit in a row of the list."""
    shown = {name: row[name] for name in ExitView.model_fields if name not in ("name", "state")}
    state = state_on(State(row["state"]), today, row["takes_effect_on"])
    return ExitView(name=row["masked_name"], state=state, **shown)
