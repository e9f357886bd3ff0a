"""Registering institutions under their credit codes (T06)."""

import pytest
from chuangpei.auth import Role
from chuangpei.events.training import InstitutionRegistered

PUDONG, XUHUI = "310115", "310104"


async def test_an_institution_registers_itself_and_the_others_are_told(world):
    body = world.institution_body()
    registered = await world.made("/institutions", body, world.of_institution(body))
    assert body.items() <= registered.items()
    (event,) = await world.events()
    assert event == InstitutionRegistered(
        credit_code=body["credit_code"],
        institution_id=registered["id"],
        name=body["name"],
        district=PUDONG,
        kind="private_training_institution",
        registered_on=world.clock.today(),
    )


async def test_an_institution_registers_no_other(world):
    body = world.institution_body()
    answer = await world.post(
        "/institutions", body, by=world.by(Role.INSTITUTION, credit_code=world.credit_code())
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_institution")
    assert await world.events() == []


async def test_an_institution_without_a_credit_code_in_its_token_registers_none(world):
    answer = await world.post("/institutions", world.institution_body(), by=world.by(Role.INSTITUTION))
    assert answer.status_code == 403


async def test_an_officer_registers_in_the_own_district_only(world):
    await world.institution(PUDONG)
    answer = await world.post("/institutions", world.institution_body(XUHUI), by=world.officer(PUDONG))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_institution")


async def test_a_credit_code_is_registered_once(world):
    registered = await world.institution()
    body = world.institution_body(credit_code=registered["credit_code"], name="改名后的机构")
    answer = await world.post("/institutions", body, by=world.officer())
    assert (answer.status_code, answer.json()["code"]) == (409, "institution_exists")
    assert len(await world.events()) == 1


async def test_no_institution_names_itself_a_public_centre(world):
    body = world.institution_body(kind="district_centre")
    answer = await world.post("/institutions", body, by=world.of_institution(body))
    assert answer.status_code == 422
    assert [one["rule"] for one in answer.json()["findings"]] == ["T02"]
    assert (await world.institution(kind="district_centre"))["kind"] == "district_centre"


async def test_the_code_is_normalised_as_people_write_it(world):
    body = world.institution_body()
    written = body["credit_code"]
    body["credit_code"] = f" {written[:8].lower()} {written[8:]} "
    registered = await world.made("/institutions", body, world.officer())
    assert registered["credit_code"] == written


async def test_the_same_request_sent_twice_registers_once_and_answers_the_same(world):
    body, same_key = world.institution_body(), {"idempotency-key": "registration-1"}
    first = await world.post("/institutions", body, by=world.officer(), headers=same_key)
    again = await world.post("/institutions", body, by=world.officer(), headers=same_key)
    assert again.status_code == 201
    assert again.json() == first.json()
    assert len(await world.events()) == 1
    other = await world.post("/institutions", body | {"name": "别名"}, by=world.officer(), headers=same_key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")


@pytest.mark.parametrize("kind", ["human_resource_firm", "university", "vocational_school", "training_base"])
async def test_every_kind_of_body_may_be_registered(world, kind):
    assert (await world.institution(kind=kind))["kind"] == kind
