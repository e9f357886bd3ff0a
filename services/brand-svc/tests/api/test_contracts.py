"""What brand-svc promises others: its documentation and its events."""

import re
from pathlib import Path

from brand_svc.consumers import handlers
from brand_svc.exit_cases.decisions import tell_overdue
from chuangpei.events.base import TYPE_PREFIX
from chuangpei.events.registry import BRAND_EVENTS
from chuangpei.testing.contracts import badly_described

README = Path(__file__).parents[2] / "README.md"


def test_it_listens_to_what_the_readme_says(city):
    readme = README.read_text(encoding="utf-8")
    told = readme.split("## Events")[1].split("| out |")[0]
    assert {
        event.TYPE.removeprefix(f"{TYPE_PREFIX}.").removesuffix(".v1") for event in handlers(city.service)
    } == set(re.findall(r"`([a-z_.]+)`", told))


async def test_the_events_of_a_whole_life_are_all_it_promises(holder):
    city = holder
    await city.recognise("A", "B")
    await city.recognise("A")
    await city.opened("A", "X1")
    city.clock.advance(days=100)
    async with city.service.database.transaction() as tx:
        await tell_overdue(tx, city.service)
    await city.revoked("A")
    await city.announce(days=0)
    city.clock.advance(days=1)
    await city.tell_overdue()
    assert {type(event) for event in await city.events()} == set(BRAND_EVENTS)


async def test_every_operation_is_documented_in_both_languages_with_its_rules(city):
    document = (await city.http.get("/brand/openapi.json")).json()
    assert badly_described(document, "brand", rules="BD") == []


async def test_the_examples_in_the_documentation_are_accepted(institutions):
    city = institutions
    schemas = (await city.http.get("/brand/openapi.json")).json()["components"]["schemas"]

    def example(name):
        return {field: part["examples"][0] for field, part in schemas[name]["properties"].items()}

    announced = await city.post("/rounds", city.centre, example("Announcement"))
    assert announced.status_code == 201
    brand_round = await city.step(announced.json(), "/rounds/{}/open", city.centre)
    draft = {"statement": "深耕创业培训", "figures": example("Figures"), "evidence": [example("Paper")]}
    begun = await city.post(f"/rounds/{brand_round['id']}/applications", city.institution(), draft)
    assert begun.status_code == 201
    submitted = (await city.submit(begun.json())).json()
    await city.step(submitted, "/applications/{}/recommend", city.officer(), example("Review"))


async def test_it_is_ready_while_its_database_answers(city):
    assert (await city.http.get("/brand/healthz")).json() == {"status": "ok"}
    assert (await city.http.get("/brand/readyz")).json() == {"status": "ok"}
