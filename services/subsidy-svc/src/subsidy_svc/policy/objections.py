"""The terms of objections (公示异议; S09): deadlines and limits that no document gives (本平台决定)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ObjectionTerms:
    """Working days for each step, and the evidence (证据) of one objection: bytes a file, and files."""

    acceptance_working_days: int
    investigation_working_days: int
    evidence_max_bytes: int
    evidence_files: int


def objection_terms(value: Mapping[str, Any]) -> ObjectionTerms:
    """The terms among the values of the parameters."""
    return ObjectionTerms(**{name: value[f"objection_{name}"] for name in ObjectionTerms.__slots__})
