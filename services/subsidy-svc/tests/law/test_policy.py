"""The law in force on a day, for anyone to read (O06, D10)."""

import pytest
from chuangpei.kernel.dated import ParameterBook
from subsidy_svc.policy.parameters import PARAMETERS


async def test_anyone_reads_every_parameter_but_those_of_risk_signs(office):
    policy = await office.get("/policy")
    assert policy["on"] == "2026-06-01"
    assert (policy["in_force_from"], policy["in_force_to"], policy["until"]) == (
        "2026-01-01",
        "2030-12-31",
        "2030-12-31",
    )
    by_name = {one["name"]: one for one in policy["parameters"]}
    known = ParameterBook.load(PARAMETERS).on(office.clock.today())
    assert by_name.keys() == {name for name in known if not name.startswith("risk_")}
    assert by_name["subsidy_fen"] == {
        "name": "subsidy_fen",
        "unit": "fen",
        "value": 180000,
        "since": "2026-01-01",
        "until": "2030-12-31",
        "rule": "S02",
        "article": "沪人社规〔2025〕30号 一(二)",
    }
    assert by_name["revocation_treatment"]["value"] == {
        "not_batched": "stop",
        "batched": "hold_out",
        "paid": "open_recovery",
    }


async def test_the_version_is_the_one_that_decisions_record(office):
    claim = await office.submitted()
    policy = await office.get("/policy", on="2026-05-20")
    assert policy["version"] == (await office.shown(claim))["policy_version"]


@pytest.mark.parametrize("day", ["2026-01-01", "2030-12-31"])
async def test_on_the_first_and_the_last_day_there_is_a_law(office, day):
    assert (await office.get("/policy", on=day))["on"] == day


@pytest.mark.parametrize("day", ["2025-12-31", "2031-01-01"])
async def test_outside_its_time_the_answer_says_from_when_to_when_there_is_one(office, day):
    answer = await office.http.get("/subsidy/v1/policy", params={"on": day})
    assert (answer.status_code, answer.json()["code"]) == (422, "no_law_in_force")
    for part in ("沪人社规〔2025〕30号", "2026-01-01", "2030-12-31", day):
        assert part in answer.json()["detail"]


@pytest.mark.parametrize("given", [{"on": "yesterday"}, {"day": "2026-06-01"}])
async def test_a_day_that_is_none_and_an_unknown_parameter_are_refused(office, given):
    answer = await office.http.get("/subsidy/v1/policy", params=given)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
