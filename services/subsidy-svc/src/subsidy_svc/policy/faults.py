"""Whose fault it was that a paid claim must be got back (责任认定), and what follows from it (D03)."""

from enum import StrEnum


class Fault(StrEnum):
    """Whose fault it was."""

    PERSON_FRAUD = "person_fraud"
    OFFICE_ERROR = "office_error"


def frees_place(fault: Fault) -> bool:
    """Whether the place is free again: after the office's error, not after the person's fraud (D03)."""
    return fault is Fault.OFFICE_ERROR
