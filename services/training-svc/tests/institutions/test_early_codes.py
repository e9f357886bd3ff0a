"""Credit codes of the first years whose check character fails (早期代码): an officer says why (T06)."""

import asyncpg
import pytest
from chuangpei.kernel.credit_code import check_error, make_credit_code

EARLY = "91310115MA1K00001X"
WHY = "2015年换证前核发，已核对营业执照"


def early(world, **own):
    return world.institution_body(credit_code=EARLY, early_code_reason=WHY) | own


async def test_an_officer_takes_an_early_code_saying_why_and_that_is_shown(world):
    assert check_error(EARLY) is not None
    taken = await world.made("/institutions", early(world), world.officer(subject="officer-7"))
    shown = (await world.get(f"/institutions/{taken['id']}", world.of_institution(taken))).json()
    assert shown["early_code"] == {
        "reason": WHY,
        "recorded_by": "officer-7",
        "recorded_at": world.clock.now().isoformat().replace("+00:00", "Z"),
    }
    reason = await world.count("SELECT reason FROM audit_log WHERE action = 'register_institution'")
    assert reason == WHY


async def test_without_a_reason_the_code_is_refused_as_ever(world):
    body = early(world)
    del body["early_code_reason"]
    answer = await world.post("/institutions", body, by=world.officer())
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/credit_code"
    assert "校验码" in error["message"]


async def test_an_institution_does_not_explain_its_own_early_code(world):
    answer = await world.post("/institutions", early(world), by=world.of_institution({"credit_code": EARLY}))
    assert (answer.status_code, answer.json()["code"]) == (422, "registration_refused")
    assert [one["rule"] for one in answer.json()["findings"]] == ["T06"]


async def test_a_code_that_checks_takes_no_explanation(world):
    answer = await world.post(
        "/institutions", early(world, credit_code=world.credit_code()), by=world.officer()
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "registration_refused")


@pytest.mark.parametrize("code", ["91310115MA1K0000", "9131O115MA1K00001X", "A13101150000000000000"])
async def test_an_early_code_has_the_form_all_the_same(world, code):
    answer = await world.post("/institutions", early(world, credit_code=code), by=world.officer())
    assert answer.json()["errors"][0]["pointer"] == "/credit_code"


async def test_an_early_code_is_registered_once_and_found_in_the_list(world):
    await world.made("/institutions", early(world), world.officer())
    again = await world.post("/institutions", early(world), by=world.officer())
    assert (again.status_code, again.json()["code"]) == (409, "institution_exists")
    await world.institution()
    found = await world.get("/institutions?early_code=true", world.officer())
    assert [one["credit_code"] for one in found.json()["items"]] == [EARLY]
    by_code = await world.get(f"/institutions?credit_code={EARLY}", world.officer())
    assert len(by_code.json()["items"]) == 1


async def test_the_database_itself_wants_the_reason(world):
    registered = await world.made("/institutions", early(world), world.officer())
    other = await world.institution()
    for change, one in (("NULL", registered), ("'no need'", other)):
        with pytest.raises(asyncpg.CheckViolationError, match="early_code_is_explained"):
            await world.count(
                f"UPDATE institutions SET early_code_reason = {change} WHERE id = $1",  # noqa: S608 -- named above
                one["id"],
            )


async def test_the_database_checks_codes_as_the_kernel_does(world):
    bodies = [f"9131011{number % 10}MA{number:07}" for number in range(200)]
    codes = [code for body in bodies for code in (make_credit_code(body), body + "Y", body + "0")]
    expected = [check_error(code) is None for code in codes]
    assert (
        await world.count("SELECT array_agg(credit_code_checks(c)) FROM unnest($1::text[]) c", codes)
        == expected
    )
