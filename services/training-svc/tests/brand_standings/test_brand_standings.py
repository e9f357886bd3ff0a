"""What brand-svc tells of quality brands is shown in an institution's file (B09, B11)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from chuangpei.events.brand import BrandEnded, BrandRecognised, BrandRevoked
from chuangpei.kernel.identifiers import new_id
from chuangpei.testing.events import deliver, received
from training_svc.consumers import HANDLERS

FIRST = datetime(2026, 7, 1, 1, tzinfo=UTC)


def recognition(institution, tier="district", on=date(2026, 7, 1)):
    return BrandRecognised(
        credit_code=institution["credit_code"],
        brand_id=new_id(),
        round_id=new_id(),
        institution_name=institution["name"],
        district="310115",
        tier=tier,
        recognised_on=on,
    )


def revocation(institution, on=date(2026, 9, 1)):
    return BrandRevoked(
        credit_code=institution["credit_code"],
        brand_id=new_id(),
        case_id=new_id(),
        district="310115",
        ground="X3",
        revoked_on=on,
        may_apply_again_on=date(2028, 9, 2),
    )


def end(institution, on=date(2028, 7, 1)):
    return BrandEnded(
        credit_code=institution["credit_code"],
        brand_id=new_id(),
        round_id=new_id(),
        district="310115",
        reason="not_on_list",
        ended_on=on,
    )


async def standing(world, institution):
    shown = (await world.get(f"/institutions/{institution['id']}", world.officer())).json()
    return shown["brand_state"], shown["brand_tier"], shown["brand_since"]


async def tell(world, *events):
    """Tells the events as if each had happened a day after the one before, in the order given."""
    for day, event in events:
        told = received(event, occurred_at=FIRST + timedelta(days=day))
        await deliver(world.service.database, HANDLERS, told, told)


async def test_who_never_held_a_brand_stands_as_none(world):
    assert await standing(world, await world.institution()) == (None, None, None)


async def test_a_recognised_brand_is_shown_with_its_tier_until_it_ends(world):
    institution = await world.institution()
    await tell(world, (0, recognition(institution)))
    assert await standing(world, institution) == ("active", "district", "2026-07-01")
    await tell(world, (1, recognition(institution, "city", date(2028, 7, 1))))
    assert await standing(world, institution) == ("active", "city", "2028-07-01")
    await tell(world, (2, end(institution, date(2030, 7, 1))))
    assert await standing(world, institution) == ("ended", None, "2030-07-01")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_a_revocation_stands_however_late_the_recognition_is_told(world, order):
    institution = await world.institution()
    told = [(0, recognition(institution)), (1, revocation(institution))]
    await tell(world, *(told[place] for place in order))
    assert await standing(world, institution) == ("revoked", None, "2026-09-01")


async def test_a_brand_told_before_its_institution_is_known_is_shown_once_it_is(world):
    body = world.institution_body()
    await tell(world, (0, recognition(body)))
    institution = await world.made("/institutions", body, world.officer())
    assert await standing(world, institution) == ("active", "district", "2026-07-01")


async def test_institutions_are_listed_by_how_their_brand_stands(world):
    held, lost, _ = [await world.institution() for _ in range(3)]
    await tell(world, (0, recognition(held)), (0, recognition(lost)), (1, revocation(lost)))
    for state, expected in (("active", held), ("revoked", lost)):
        listed = (await world.get(f"/institutions?brand={state}", world.centre)).json()["items"]
        assert [one["id"] for one in listed] == [expected["id"]]
