"""Which rule ids a text names."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def trace() -> ModuleType:
    path = Path(__file__).parents[1] / "policy_trace.py"
    spec = importlib.util.spec_from_file_location("policy_trace", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("the window (S05, D01)", {"S05", "D01"}),
        ("every cap, S01–S04", {"S01", "S02", "S03", "S04"}),
        ("every cap, S01-04", {"S01", "S02", "S03", "S04"}),
        ("GBS05x and 1S05 and S055 name none", set()),
    ],
)
def test_ids_are_found_in_a_text(trace, text, named):
    assert trace.ids_in(text) == named
