"""The lists, the queue and the figures of follow-up (T11, S12, O30)."""

import csv
import io

import pytest


@pytest.fixture
async def four(completing):
    """Of four trainees one opens in time, one too late, one had a business before, one none."""
    made = [await completing() for _ in range(4)]
    in_time, late, before, _ = made
    before.on("2026-03-03")
    await before.opened("2026-01-01", jobs=7)
    in_time.on("2026-09-03")
    await in_time.opened("2026-09-03", jobs=3)
    late.on("2026-09-04")
    await late.opened("2026-09-04", jobs=2)
    in_time.on("2027-03-03")
    check = await in_time.check("trading", 6)
    await in_time.does(f"checks/{check['id']}/record", {"jobs": 6})
    late.on("2027-04-01")
    await late.closed("2027-03-31")
    return made


async def read(world, query, by):
    answer = await world.get(f"/follow-ups/statistics?completed_since=2026-01-01&{query}", by)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_figures_count_whom_they_say_they_count(world, four):
    found = await read(world, "", world.centre)
    (item,) = found["items"]
    assert (item["completed"], item["could_open"], item["opened_in_time"]) == (4, 3, 1)
    assert (item["opened_percent"], item["opened"], item["jobs"], item["jobs_per_opened"]) == (33, 2, 6, 3)
    trading = {one["months"]: (one["checked"], one["trading"]) for one in item["trading"]}
    assert trading == {6: (2, 1), 12: (1, 0), 24: (1, 0)}
    assert found["targets"] == {
        "opened_percent": 50,
        "jobs_per_opened": 5,
        "stable_percent": 80,
        "stable_months": 12,
    }


async def test_before_the_half_year_is_over_nobody_counts_as_not_opened(world, completing):
    one = await completing()
    one.on("2026-09-02")
    assert (await read(world, "", world.centre))["items"][0]["could_open"] == 0
    one.on("2026-09-03")
    assert (await read(world, "", world.centre))["items"][0]["could_open"] == 1


@pytest.mark.parametrize(
    ("by", "group"), [("district", "310115"), ("project", "IYB"), ("stage", "3"), ("institution", None)]
)
async def test_the_figures_are_told_by_group(world, completing, by, group):
    one = await completing()
    (item,) = (await read(world, f"by={by}", world.centre))["items"]
    assert (item["group"], item["completed"]) == (group or one.institution["credit_code"], 1)


async def test_each_sees_the_figures_of_their_own(world, four):
    assert (await read(world, "", world.officer()))["items"][0]["completed"] == 4
    assert (await read(world, "", four[0].by))["items"][0]["completed"] == 4
    assert (await read(world, "by=district", world.officer("310104")))["items"] == []


async def test_the_figures_are_a_file_too(world, four):
    answer = await world.get(
        "/follow-ups/statistics/export?by=district&completed_since=2026-01-01", world.centre
    )
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["分组"], row["结业人数"], row["6个月核查数"], row["6个月持续经营"]) == (
        "310115",
        "4",
        "2",
        "1",
    )


async def test_follow_ups_are_listed_by_state_and_time(world, four):
    for query, expected in (
        ("state=trading", {0, 2}),
        ("state=closed", {1}),
        ("completed_since=2026-03-04", set()),
        (f"institution_id={four[0].institution['id']}", {0, 1, 2, 3}),
    ):
        listed = (await world.get(f"/follow-ups?{query}&sort=-completed_on", world.centre)).json()["items"]
        assert {one["id"] for one in listed} == {four[number].id for number in expected}, query
    assert (await world.get("/follow-ups", world.officer("310104"))).json()["items"] == []


async def test_the_queue_is_the_districts_and_in_the_order_of_its_days(world, four):
    four[0].on("2027-10-01")
    listed = (await world.get("/follow-ups/due?limit=2", world.officer())).json()
    days = [one["due_on"] for one in listed["items"]]
    more = (await world.get(f"/follow-ups/due?cursor={listed['next_cursor']}", world.officer())).json()
    days += [one["due_on"] for one in more["items"]]
    # The opening check of the fourth, 6 and 12 months of the third, 12 months of the first.
    assert days == ["2026-09-03", "2026-09-03", "2027-03-03", "2027-09-03"]
    assert (await world.get("/follow-ups/due", world.officer("310104"))).json()["items"] == []
    early = (await world.get("/follow-ups/due?due_until=2026-12-31&kind=opening", world.centre)).json()
    assert [one["kind"] for one in early["items"]] == ["opening"]


async def test_the_lists_are_files_without_clear_personal_data(world, four):
    four[0].on("2027-10-01")
    for path in ("/follow-ups/export", "/follow-ups/due/export"):
        answer = await world.get(path, world.officer())
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert len(rows) == 4
        assert all(row["姓名"] == "张*" for row in rows)
        assert four[0].trainee["id_number"] not in answer.text
