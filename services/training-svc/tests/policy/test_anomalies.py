"""The rules of anomalies against cases.yaml (T06)."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from chuangpei.kernel.clock import SHANGHAI
from chuangpei.kernel.refusals import failed
from training_svc.policy import anomalies
from training_svc.policy.facts import Hours
from training_svc.policy.parameters import load_law, parameters_on

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8")
)
PARAMETERS = parameters_on(load_law(), date(2026, 3, 2))


def cases(group: str) -> Any:
    sets = []
    for case in CASES[group]:
        (sentence,) = case.keys() - {"fails"}
        sets.append(pytest.param(case[sentence], case["fails"], id=sentence))
    return pytest.mark.parametrize(("given", "expected"), sets)


def at(time: str, day: str = "2026-03-02") -> datetime:
    return datetime.fromisoformat(f"{day} {time}").replace(tzinfo=SHANGHAI)


SESSION = Hours(at("09:00"), at("12:00"))


@cases("two_places")
def test_a_person_in_two_places(given, expected):
    begin, _, end = given["there"].partition("/")
    there = anomalies.Whereabouts(given["other"], Hours(at(begin), at(end)), at(given["at"]))
    here = anomalies.Whereabouts("A", SESSION, at("09:00"))
    for facts in (
        anomalies.TwoPlaces(here, there, PARAMETERS),
        anomalies.TwoPlaces(there, here, PARAMETERS),
    ):
        assert [one.rule for one in failed([anomalies.nobody_is_in_two_places(facts)])] == expected


@cases("delivery")
def test_a_presence_outside_hours_or_long_after(given, expected):
    received = datetime.fromisoformat(given["received"]).replace(tzinfo=SHANGHAI)
    facts = anomalies.Delivery(SESSION, at(given["at"]), received, PARAMETERS)
    assert [one.rule for one in failed([anomalies.presence_is_recorded_in_time(facts)])] == expected


@cases("mass_entry")
def test_many_records_in_one_minute(given, expected):
    facts = anomalies.MinuteOfRecords(at("09:00"), given["records"], PARAMETERS)
    assert [one.rule for one in failed([anomalies.records_come_one_by_one(facts)])] == expected


@cases("shared_device")
def test_one_device_of_several_persons(given, expected):
    later = at("09:00") + timedelta(minutes=given["minutes_apart"])
    for facts in (
        anomalies.SharedDevice(at("09:00"), later, PARAMETERS),
        anomalies.SharedDevice(later, at("09:00"), PARAMETERS),
    ):
        assert [one.rule for one in failed([anomalies.device_is_one_persons(facts)])] == expected


@cases("manual_share")
def test_the_share_recorded_by_hand(given, expected):
    facts = anomalies.ManualShare(given["manual"], given["records"], PARAMETERS)
    assert [one.rule for one in failed([anomalies.manual_records_are_few(facts)])] == expected


def test_an_edit_after_completion_is_always_looked_at():
    finding = anomalies.completion_rests_on_what_stood(anomalies.EditAfterCompletion(at("09:00")))
    assert (finding.outcome, finding.fact) == ("failed", "2026-03-02 09:00")


def test_each_kind_has_its_sentence_in_both_languages():
    assert set(anomalies.TEXTS) == set(anomalies.Kind)
