"""A trainee's firm as the registry tells of it at enrolment: kept, no bar, asked later if away (D02, T03)."""

import asyncio
from datetime import date

import asyncpg
import pytest
from chuangpei.events.training import TrainingCompleted
from chuangpei.kernel.credit_code import make_credit_code
from chuangpei.kernel.enterprises import Enterprise
from training_svc.enterprises.use_cases import fill_due

FIRM = make_credit_code("91310115MA1K4XY10")


@pytest.fixture
async def filed(world):
    institution = await world.qualified()
    return institution, await world.filed(institution)


def known(world, **own):
    facts = {
        "credit_code": FIRM,
        "name": "上海申创科技有限公司",
        "registered_on": date(2024, 5, 10),
        "province_code": "31",
        "status": "active",
        "roles": frozenset({"shareholding_partner", "legal_representative"}),
        "shareholding_percent": "12.50",
    }
    world.registry.firms[FIRM] = Enterprise(**(facts | own))


async def shown(world, institution, enrolment):
    seen = await world.get(f"/enrolments/{enrolment['id']}", world.of_institution(institution))
    return seen.json()["enterprise"]


async def test_the_firm_is_kept_as_the_registry_told_on_the_day_of_enrolment(world, filed):
    known(world)
    person = world.trainee(enterprise_credit_code=FIRM)
    enrolment = await world.enrolled(*filed, **person)
    told = {
        "credit_code": FIRM,
        "as_of": world.clock.today().isoformat(),
        "state": "known",
        "name": "上海申创科技有限公司",
        "registered_on": "2024-05-10",
        "roles": ["legal_representative", "shareholding_partner"],
        "shareholding_basis_points": 1250,
    }
    assert enrolment["enterprise"] == told
    assert world.registry.asked == [(FIRM, person["id_number"], world.clock.today())]
    known(world, roles=frozenset(), shareholding_percent=None)
    world.clock.advance(days=3)
    assert await shown(world, filed[0], enrolment) == told
    with pytest.raises(asyncpg.RestrictViolationError):
        await world.count("UPDATE enterprise_snapshots SET roles = '{}'")


@pytest.mark.parametrize(
    "own",
    [
        {"registered_on": date(2001, 1, 1)},
        {"roles": frozenset(), "shareholding_percent": None},
        {"province_code": "32", "status": "revoked"},
    ],
)
async def test_neither_the_age_of_a_firm_nor_the_role_nor_its_state_bars_anyone(world, filed, own):
    known(world, **own)
    enrolment = await world.enrolled(*filed, enterprise_credit_code=FIRM)
    assert (enrolment["state"], enrolment["enterprise"]["state"]) == ("enrolled", "known")


async def test_a_firm_that_the_registry_does_not_know_is_told_so_and_bars_nobody(world, filed):
    enrolment = await world.enrolled(*filed, enterprise_credit_code=FIRM)
    assert (enrolment["state"], enrolment["enterprise"]["state"]) == ("enrolled", "unknown")


async def test_who_names_no_firm_has_no_snapshot_and_the_registry_is_not_asked(world, filed):
    assert (await world.enrolled(*filed))["enterprise"] is None
    assert world.registry.asked == []


async def test_a_code_that_fails_its_check_is_refused_before_the_registry_is_asked(world, filed):
    institution, training_class = filed
    body = world.trainee(enterprise_credit_code="91310115MA1K000017")
    answer = await world.post(
        f"/classes/{training_class['id']}/enrolments", body, by=world.of_institution(institution)
    )
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/enterprise_credit_code"]
    assert world.registry.asked == []


async def test_nobody_learns_of_a_firm_through_a_class_they_do_not_see(world, filed):
    other = await world.institution()
    body = world.trainee(enterprise_credit_code=FIRM)
    answer = await world.post(f"/classes/{filed[1]['id']}/enrolments", body, by=world.of_institution(other))
    assert answer.status_code == 404
    assert world.registry.asked == []


async def test_while_the_registry_is_away_the_enrolment_goes_on_and_is_filled_in_later(world, filed):
    world.registry.away = True
    person = world.trainee(enterprise_credit_code=FIRM)
    enrolment = await world.enrolled(*filed, **person)
    day = world.clock.today()
    assert (enrolment["state"], enrolment["enterprise"]["state"]) == ("enrolled", "pending")
    assert await fill_due(world.service) == 0
    world.registry.away = False
    known(world)
    assert await fill_due(world.service) == 0, "asked again only after a while"
    world.clock.advance(days=2)
    assert await fill_due(world.service) == 1
    seen = await shown(world, filed[0], enrolment)
    assert (seen["state"], seen["as_of"]) == ("known", day.isoformat())
    assert world.registry.asked[-1] == (FIRM, person["id_number"], day)
    assert await fill_due(world.service) == 0


async def test_two_timers_at_once_ask_for_each_firm_once(world, filed):
    world.registry.away = True
    for _ in range(6):
        await world.enrolled(*filed, enterprise_credit_code=FIRM)
    world.registry.away = False
    world.registry.asked.clear()
    known(world)
    world.clock.advance(minutes=6)
    filled = await asyncio.gather(*(fill_due(world.service) for _ in range(4)))
    assert sum(filled) == len(world.registry.asked) == 6


async def test_a_request_sent_again_asks_the_registry_once(world, filed):
    institution, training_class = filed
    body, key = world.trainee(enterprise_credit_code=FIRM), {"idempotency-key": "with-a-firm"}
    path = f"/classes/{training_class['id']}/enrolments"
    answers = [
        await world.post(path, body, by=world.of_institution(institution), headers=key) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len(world.registry.asked) == 1


@pytest.mark.parametrize("away", [False, True])
async def test_the_completion_tells_of_the_firm_where_the_registry_has_told(world, filed, away):
    institution, training_class = filed
    known(world)
    world.registry.away = away
    enrolment = await world.enrolled(institution, training_class, enterprise_credit_code=FIRM)
    await world.attended(institution, training_class, enrolment, 4)
    path = f"/enrolments/{enrolment['id']}/complete"
    await world.made(path, None, world.of_institution(institution), enrolment["version"])
    (event,) = [one for one in await world.events() if isinstance(one, TrainingCompleted)]
    if away:
        assert event.enterprise is None
    else:
        assert (event.enterprise.credit_code, event.enterprise.shareholding_basis_points) == (FIRM, 1250)
        assert event.enterprise.registered_on == date(2024, 5, 10)


async def test_the_snapshot_goes_along_into_another_class(world, filed):
    institution, first = filed
    known(world)
    later = world.sessions(room="5", first=2)
    second = await world.filed(institution, sessions=later, starts_on="2026-03-04", ends_on="2026-03-05")
    enrolment = await world.enrolled(institution, first, enterprise_credit_code=FIRM)
    body = {"class_id": second["id"], "reason": "改读第二期"}
    path = f"/enrolments/{enrolment['id']}/transfer"
    moved = await world.made(path, body, world.of_institution(institution), enrolment["version"])
    assert moved["enterprise"] == enrolment["enterprise"]
    assert await shown(world, institution, moved) == enrolment["enterprise"]
