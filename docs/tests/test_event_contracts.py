"""What counts as breaking the readers of an event."""

import copy
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from chuangpei.events.cert import CertificateIssued


@pytest.fixture(scope="module")
def contracts() -> ModuleType:
    path = Path(__file__).parents[1] / "event_contracts.py"
    spec = importlib.util.spec_from_file_location("event_contracts", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def old(contracts: ModuleType) -> dict[str, Any]:
    return dict(contracts.schema_of(CertificateIssued))


def test_an_unchanged_event_breaks_nobody(contracts, old):
    assert contracts.breaks(old, copy.deepcopy(old)) == []


def test_a_new_optional_field_and_a_better_description_break_nobody(contracts, old):
    new = copy.deepcopy(old)
    new["properties"]["print_count"] = {"type": "integer", "default": 0}
    new["properties"]["number"]["description"] = "said better"
    assert contracts.breaks(old, new) == []


def test_a_field_that_went_away_breaks_its_readers(contracts, old):
    new = copy.deepcopy(old)
    del new["properties"]["number"]
    assert "number is gone" in contracts.breaks(old, new)


def test_a_field_of_another_type_breaks_its_readers(contracts, old):
    new = copy.deepcopy(old)
    new["properties"]["issued_on"] = {"type": "integer"}
    assert contracts.breaks(old, new) == ["issued_on changed its type"]


def test_a_field_inside_a_part_is_watched_too(contracts, old):
    new = copy.deepcopy(old)
    del new["$defs"]["PersonRef"]["properties"]["person_key"]
    assert contracts.breaks(old, new) == ["PersonRef.person_key is gone"]


def test_a_field_that_may_now_be_missing_breaks_its_readers(contracts, old):
    new = copy.deepcopy(old)
    new["required"].remove("issued_on")
    assert contracts.breaks(old, new) == ["issued_on is no longer always there"]


def test_a_newly_required_field_breaks_the_reading_of_old_events(contracts, old):
    new = copy.deepcopy(old)
    new["properties"]["print_count"] = {"type": "integer"}
    new["required"].append("print_count")
    assert contracts.breaks(old, new) == ["print_count is newly required, unlike in old events"]


def test_another_key_breaks_the_order(contracts, old):
    new = copy.deepcopy(old) | {"x-key": "class_id"}
    assert contracts.breaks(old, new) == ["the key changed"]
