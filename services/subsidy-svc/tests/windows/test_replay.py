"""Windows are what the topic of certificates says: replayed into an empty database they are the same."""

import random
from datetime import date
from itertools import groupby

import pytest
from chuangpei.testing.clock import FixedClock
from chuangpei.testing.events import deliver, received
from chuangpei.testing.settings import test_settings
from subsidy_svc.app import MIGRATIONS, assemble
from subsidy_svc.consumers import handlers
from subsidy_svc.settings import Settings
from subsidy_svc.windows.reminders import remind
from subsidy_svc.windows.use_cases import close_elapsed_windows, correct_provisional_windows

TODAY = date(2027, 6, 1)


async def time_passes(service):
    """Every timer of the windows, until nothing is due any more."""
    async with service.database.transaction() as tx:
        await correct_provisional_windows(tx, service.law)
        while await remind(tx, service):
            pass
        while await close_elapsed_windows(tx, service.clock.today(), service.clock):
            pass


async def state_of(service):
    async with service.database.transaction() as tx:
        return [
            [tuple(row) for row in await tx.connection.fetch(f"SELECT * FROM {table} ORDER BY 1")]  # noqa: S608
            for table in ("windows", "certificates_without_window")
        ]


@pytest.fixture
async def empty(make_database, office):
    """Another service of the same keys and law, that has seen no event."""
    settings = test_settings(
        Settings,
        await make_database(MIGRATIONS),
        registry_url="http://127.0.0.1:9",
        accounts_url="http://127.0.0.1:9",
        attachments_url=office.service.settings.attachments_url,
    )
    service = assemble(settings, clock=FixedClock.on(TODAY), verifier=office.service.verifier)
    await service.database.open()
    yield service
    await service.database.close()


async def what_happened(office):
    """A year of certificates, told as they came, while time went by; returns the topic."""
    topic = []

    async def told(day, *events):
        office.clock.set(FixedClock.on(day).now())
        records = [received(event) for event in events]
        topic.extend(records)
        await office.deliver(*records)
        await time_passes(office.service)

    plain = [office.issued(project=f"P{number}") for number in range(3)]
    late, stopped, other = (office.issued(project=name) for name in ("LATE", "STOPPED", "OTHER"))
    before = office.issued(issued_on=date(2025, 12, 31), project="BEFORE")
    completion = office.issued(kind="training_completion", project="NONE")
    await told(date(2026, 6, 1), *plain, late, stopped, before, completion, plain[0])
    autumn = date(2026, 9, 1)
    await told(autumn, revoked(office, stopped, autumn), revoked(office, before, autumn), other)
    await told(date(2027, 2, 19))
    # It was revoked while its window was open, and this was told only when time had closed it.
    await told(date(2027, 5, 22), revoked(office, late, date(2027, 5, 1)))
    # And this one when its window was over.
    await told(TODAY, revoked(office, other, date(2027, 5, 22)))
    return topic


def revoked(office, issued, on):
    return office.revoked(issued).model_copy(update={"revoked_on": on})


async def test_replayed_into_an_empty_database_the_topic_gives_the_same_windows(office, empty):
    topic = await what_happened(office)
    await deliver(empty.database, handlers(empty), *topic)
    await time_passes(empty)
    assert await state_of(empty) == await state_of(office.service)
    causes = await office.sql("SELECT project_code, closed_cause, closed_on FROM windows ORDER BY 1")
    assert [tuple(row) for row in causes] == [
        ("LATE", "revoked", date(2027, 5, 1)),
        ("OTHER", "elapsed", date(2027, 5, 21)),
        ("P0", "elapsed", date(2027, 5, 21)),
        ("P1", "elapsed", date(2027, 5, 21)),
        ("P2", "elapsed", date(2027, 5, 21)),
        ("STOPPED", "revoked", date(2026, 9, 1)),
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_the_order_of_different_certificates_the_windows_are_the_same(office, empty, seed):
    topic = await what_happened(office)
    by_key = [list(records) for _, records in groupby(sorted(topic, key=key_of), key=key_of)]
    random.Random(seed).shuffle(by_key)
    for records in by_key:
        await deliver(empty.database, handlers(empty), *records)
    await deliver(empty.database, handlers(empty), *topic)  # once more: nothing counts twice
    await time_passes(empty)
    assert await state_of(empty) == await state_of(office.service)


def key_of(record):
    return record.key
