"""Reminders before a window's last day: each once, only while open and unclaimed (S05, D01)."""

import asyncio
from datetime import date

import pytest
from chuangpei.events.subsidy import ClaimWindowClosing
from chuangpei.testing.clock import FixedClock
from subsidy_svc.policy.parameters import PARAMETERS, LawBook
from subsidy_svc.windows.reminders import remind
from subsidy_svc.windows.use_cases import correct_provisional_windows

# Issued on 2026-05-20, the last day is 2027-05-20: 90, 30 and 7 days before it are these.
NINETY, THIRTY, SEVEN = date(2027, 2, 19), date(2027, 4, 20), date(2027, 5, 13)


async def on(office, day, most=500):
    """The timer runs on that day until nothing is due."""
    office.clock.set(FixedClock.on(day).now())
    total = 0
    while True:
        async with office.service.database.transaction() as tx:
            found = await remind(tx, office.service, most)
        total += found
        if not found:
            return total


async def told(office):
    return [event.days_before for event in await office.emitted(ClaimWindowClosing)]


async def test_each_reminder_comes_once_on_its_day_and_not_a_day_too_early(office):
    certificate = await office.certificate()
    for day in (NINETY, THIRTY, SEVEN):
        before = await told(office)
        await on(office, date.fromordinal(day.toordinal() - 1))
        assert await told(office) == before
        await on(office, day)
        await on(office, day)
    assert await told(office) == [90, 30, 7]
    [first, *_] = await office.emitted(ClaimWindowClosing)
    assert first == ClaimWindowClosing(
        certificate_id=certificate.certificate_id,
        person_key=certificate.person.person_key,
        district="310115",
        last_day=date(2027, 5, 20),
        last_day_provisional=True,
        days_before=90,
    )


async def test_of_several_that_fell_due_together_the_nearest_is_told(office):
    await office.certificate()
    await on(office, date(2027, 5, 1))
    await on(office, SEVEN)
    assert await told(office) == [30, 7]


async def test_while_a_claim_stands_nobody_is_reminded_and_once_it_ended_the_next_is_told(office):
    claim = await office.submitted()
    assert await on(office, NINETY) == 1
    assert await told(office) == []
    await office.step(claim, "withdraw", "holder")
    await on(office, THIRTY)
    assert await told(office) == [30]


async def test_a_closed_window_reminds_nobody(office):
    revoked, elapsed = await office.certificate(), await office.certificate(project="P2")
    await office.revoke(revoked)
    office.clock.set(FixedClock.on(date(2027, 5, 21)).now())
    assert await on(office, date(2027, 5, 21)) == 0  # over, though the timer has not closed it yet
    await office.close_windows()
    assert await on(office, date(2027, 5, 22)) == 0
    assert await told(office) == []
    rows = await office.sql("SELECT certificate_id, closed_cause, remind_on FROM windows")
    assert {row["certificate_id"]: (row["closed_cause"], row["remind_on"]) for row in rows} == {
        revoked.certificate_id: ("revoked", None),
        elapsed.certificate_id: ("elapsed", None),
    }


def law_with(tmp_path, overrides):
    path = tmp_path / "parameters.yaml"
    text = PARAMETERS.read_text(encoding="utf-8").replace("value: {}", f"value: {overrides}")
    path.write_text(text, encoding="utf-8")
    return LawBook.load(path)


@pytest.mark.parametrize(
    ("overrides", "again"),
    [
        ('{"2027-05-20": false, "2027-05-21": true}', [(90, date(2027, 5, 20)), (90, date(2027, 5, 21))]),
        ('{"2027-05-20": true}', [(90, date(2027, 5, 20))]),
    ],
    ids=["the day moved", "the day stayed"],
)
async def test_who_was_told_another_last_day_is_told_again(office, tmp_path, overrides, again):
    await office.certificate()
    await on(office, NINETY)
    async with office.service.database.transaction() as tx:
        assert await correct_provisional_windows(tx, law_with(tmp_path, overrides)) == 1
    await on(office, date(2027, 3, 1))
    events = await office.emitted(ClaimWindowClosing)
    assert [(event.days_before, event.last_day) for event in events] == again


async def test_a_last_day_that_moved_moves_the_reminders_still_to_come(office, tmp_path):
    await office.certificate()
    async with office.service.database.transaction() as tx:
        await correct_provisional_windows(tx, law_with(tmp_path, '{"2027-05-20": false, "2027-05-21": true}'))
    await on(office, NINETY)
    assert await told(office) == []
    await on(office, date(2027, 2, 20))
    assert await told(office) == [90]


async def test_many_are_reminded_once_each_by_several_workers(office):
    await office.deliver(*(office.issued(project=f"P{number}") for number in range(25)))
    office.clock.set(FixedClock.on(NINETY).now())

    async def work():
        while True:
            async with office.service.database.transaction() as tx:
                if not await remind(tx, office.service, most=3):
                    return

    await asyncio.gather(*(work() for _ in range(4)))
    events = await office.emitted(ClaimWindowClosing)
    assert len(events) == len({event.certificate_id for event in events}) == 25
