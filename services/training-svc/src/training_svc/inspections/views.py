"""Inspections as the API shows them."""

from datetime import date
from typing import Any

from chuangpei.database import Row

from training_svc.inspections.lifecycle import State
from training_svc.inspections.schemas import InspectionSummary, InspectionView


def summary(row: Row, today: date) -> InspectionSummary:
    """An inspection in a list."""
    return InspectionSummary.model_validate(_fields(row, today))


def view(row: Row, inspectors: list[str], today: date) -> InspectionView:
    """An inspection with its findings and inspectors."""
    return InspectionView.model_validate(_fields(row, today) | {"inspectors": inspectors})


def _fields(row: Row, today: date) -> dict[str, Any]:
    overdue = row["state"] == State.RECTIFYING and row["deadline"] < today
    return dict(row) | {"overdue": overdue}
