"""Whose fault it was that a paid claim must be got back (责任认定; D03)."""

from enum import StrEnum


class Fault(StrEnum):
    """Whose fault it was; the law's ``faults_freeing_place`` says which of them frees the claim's place."""

    PERSON_FRAUD = "person_fraud"
    OFFICE_ERROR = "office_error"
