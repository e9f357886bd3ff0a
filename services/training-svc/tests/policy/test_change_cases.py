"""The rules of changes, leaving and priority against changes.yaml (T02, T04, T06)."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from chuangpei.kernel.clock import SHANGHAI
from chuangpei.kernel.refusals import failed
from training_svc.policy import changes
from training_svc.policy.decision import decide
from training_svc.policy.parameters import load_law, parameters_on
from training_svc.policy.priority import PriorityGroup, rank_of

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("changes.yaml").read_text(encoding="utf-8")
)
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 5)
PARAMETERS = parameters_on(load_law(), FIRST)


def cases(group: str, expected: str = "fails") -> Any:
    """One parameter set a case: the facts under its sentence, and what is expected."""
    sets = []
    for case in CASES[group]:
        (sentence,) = case.keys() - {expected}
        sets.append(pytest.param(case[sentence], case[expected], id=sentence))
    return pytest.mark.parametrize(("given", "expected"), sets)


def failing(rules: Any, facts: Any) -> list[str]:
    return [finding.rule for finding in failed(decide(rules, facts).findings)]


def at(time: str) -> datetime:
    hour, minute = map(int, time.split(":"))
    return datetime(2026, 3, 2, hour, minute, tzinfo=SHANGHAI)


@cases("leaving")
def test_leaving_a_class(given, expected):
    facts = changes.LeavingFacts(given.get("completed", False), LAST, given["today"])
    assert failing(changes.LEAVING_RULES, facts) == expected


@cases("changing_class")
def test_changing_into_another_class(given, expected):
    facts = changes.TransferFacts(given["from"], given["to"], given.get("same", False))
    assert failing(changes.TRANSFER_RULES, facts) == expected


@cases("class")
def test_changing_a_class(given, expected):
    facts = changes.ClassChangeFacts(
        today=given.get("today", date(2026, 3, 1)),
        old_starts_on=FIRST,
        old_ends_on=LAST,
        starts_on=given.get("starts_on", FIRST),
        ends_on=given.get("ends_on", LAST),
        capacity=given.get("capacity", 30),
        enrolled=20,
    )
    assert failing(changes.CLASS_CHANGE_RULES, facts) == expected


@cases("session")
def test_moving_a_session(given, expected):
    before = PARAMETERS.attendance_minutes_before
    facts = changes.SessionChangeFacts(at("09:00"), at(given["to"]), before, at(given["now"]))
    assert failing(changes.SESSION_CHANGE_RULES, facts) == expected


@cases("adding_a_session")
def test_adding_a_session(given, expected):
    before = PARAMETERS.attendance_minutes_before
    facts = changes.AdditionFacts(at(given["at"]), at("17:00"), before, at(given["now"]))
    assert failing(changes.SESSION_ADDITION_RULES, facts) == expected


@cases("cancelling_a_class")
def test_cancelling_a_class(given, expected):
    facts = changes.CancellationFacts(at(given["last_ends"]), at(given["now"]))
    assert failing(changes.CANCELLATION_RULES, facts) == expected


@cases("priority", "rank")
def test_the_place_of_a_priority_group(given, expected):
    group = PriorityGroup(given["group"]) if "group" in given else None
    assert rank_of(group, given["stage"], PARAMETERS) == expected


def test_the_order_of_the_groups_names_known_groups_once():
    for order in (PARAMETERS.priority_groups_stages_1_2, PARAMETERS.priority_groups_stage_4):
        assert len(set(map(PriorityGroup, order))) == len(order)
