"""All topics read again: what events feed comes to the same, what is told of brands, cases and bans stands.

An empty database that reads the topics of the other services knows the same institutions, sanctions, classes
and signals (D09); a reader of the ``brand`` topic knows the same brands, cases and bans (B11, B12).
"""

import asyncio
from datetime import date
from uuid import uuid4

import pytest
from brand_svc.app import MIGRATIONS, assemble
from brand_svc.consumers import handlers
from brand_svc.settings import Settings
from chuangpei.bus.port import Record
from chuangpei.bus.postgres import PostgresBus
from chuangpei.consumer import Consumer
from chuangpei.events.base import topic_of
from chuangpei.events.brand import (
    BrandEnded,
    BrandRecognised,
    BrandRevoked,
    ExitCaseChanged,
    ExitCaseOpened,
)
from chuangpei.events.registry import TOPICS
from chuangpei.events.training import (
    InstitutionInactive,
    InstitutionPenalised,
    InstitutionSanctionLifted,
)
from chuangpei.testing.settings import test_settings

FED = {
    "institutions": "credit_code, name, district, kind, registered_on, closed_on",
    "institution_sanctions": "sanction_id, credit_code, kind, exit_ground, starts_on, ends_on, lifted_on",
    "institution_classes": "class_id, credit_code, starts_on, ends_on, cancelled",
    "institution_inactivities": "credit_code, inactive_since, has_site, full_time_instructors",
    "signals": "id, source, reference, credit_code, ground, occurred_on",
    "signal_tallies": "credit_code, month, source, ground, signals",
}


class Register:
    """What a reader of the ``brand`` topic knows after all of its events, in their order."""

    def __init__(self, events):
        self.brands, self.cases, self.bans = {}, {}, {}
        for event in events:
            self._take(event)

    def _take(self, event):
        match event:
            case BrandRecognised():
                # A brand that is kept ends with the list that recognises it anew.
                before = self._active(event.credit_code)
                if before is not None:
                    self.brands[before] = ("ended", self.brands[before][1], event.recognised_on)
                self.brands[event.brand_id] = ("active", event.credit_code, None)
            case BrandEnded():
                self.brands[event.brand_id] = ("ended", event.credit_code, event.ended_on)
            case BrandRevoked():
                self.brands[event.brand_id] = ("revoked", event.credit_code, event.revoked_on)
                self.bans[event.brand_id] = (event.credit_code, event.ground, event.may_apply_again_on)
            case ExitCaseOpened():
                self.cases[event.case_id] = (event.credit_code, event.ground, "opened")
            case ExitCaseChanged():
                self.cases[event.case_id] = (event.credit_code, event.ground, event.state)

    def _active(self, credit_code):
        found = [
            one for one, (state, code, _) in self.brands.items() if (state, code) == ("active", credit_code)
        ]
        return found[0] if found else None


async def assert_told_is_what_stands(city):
    """The register that the events tell is the one in the database."""
    told = Register(await city.events())
    brands = await city.rows("SELECT id, state, credit_code, ended_on FROM brands")
    assert told.brands == {row["id"]: (row["state"], row["credit_code"], row["ended_on"]) for row in brands}
    cases = await city.rows("SELECT id, credit_code, ground, state FROM exit_cases")
    assert told.cases == {row["id"]: (row["credit_code"], row["ground"], row["state"]) for row in cases}
    bans = await city.rows("SELECT brand_id, credit_code, ground, may_apply_again_on FROM bans")
    assert told.bans == {
        row["brand_id"]: (row["credit_code"], row["ground"], row["may_apply_again_on"]) for row in bans
    }


async def fed(database):
    async with database.transaction() as tx:
        return {
            table: {tuple(row) for row in await tx.connection.fetch(f"SELECT {columns} FROM {table}")}  # noqa: S608  # constant names
            for table, columns in FED.items()
        }


def penalty(city, who):
    return InstitutionPenalised(
        credit_code=city.code(who),
        institution_id=uuid4(),
        district="310104",
        sanction_id=uuid4(),
        exit_ground="X3",
        source="市场监管局",
        document_number="罚1",
        starts_on=date(2026, 6, 1),
        ends_on=None,
        recorded_on=date(2026, 6, 2),
        kind="suspension_for_rectification",
    )


def lifting(told):
    return InstitutionSanctionLifted(
        credit_code=told.credit_code,
        institution_id=told.institution_id,
        sanction_id=told.sanction_id,
        kind=told.kind,
        exit_ground=told.exit_ground,
        lifted_on=date(2026, 6, 25),
    )


def inactivity(city, who):
    return InstitutionInactive(
        credit_code=city.code(who),
        institution_id=uuid4(),
        district="310115",
        last_class_ended_on=None,
        inactive_since=date(2025, 6, 1),
        has_site=False,
        full_time_instructors=0,
        told_on=date(2026, 6, 2),
    )


async def lives(city):
    """Signals before, during and after two rounds; A is revoked, B is kept and heard, C ends."""
    await city.deliver(city.revocation("B", "X1", on=date(2026, 6, 1)))
    await city.recognise("A", "B", "C")
    penalised = penalty(city, "C")
    await city.deliver(penalised, city.fraud("A"), city.revocation("A", "X4", number="CP-4"))
    await city.deliver(inactivity(city, "C"), lifting(penalised))
    await city.revoked("A", "X1")
    await city.heard(await city.opened("B", "X2"))
    city.clock.advance(days=730)
    await city.deliver(city.registration("A", "改名后的学校"))
    await city.recognise("B")


async def test_what_is_told_of_brands_cases_and_bans_is_what_stands(institutions):
    city = institutions
    await lives(city)
    await assert_told_is_what_stands(city)
    states = {row["state"] for row in await city.rows("SELECT state FROM exit_cases")}
    assert states == {"revoked", "superseded", "lapsed", "heard"}


@pytest.mark.parametrize("times", [1, 2])
async def test_an_empty_database_that_reads_every_topic_knows_what_events_feed(
    institutions, make_database, times
):
    city = institutions
    await lives(city)
    bus = PostgresBus(await make_database(MIGRATIONS))
    settings = test_settings(Settings, await make_database(MIGRATIONS))
    empty = assemble(settings, clock=city.clock, verifier=city.service.verifier)
    await empty.database.open()
    try:
        await bus.create_topics(TOPICS, 4)
        publisher = bus.publisher()
        await publisher.start()
        await publisher.publish([Record(one.topic, one.key, one.value, one.headers) for one in city.told])
        await publisher.close()
        for _ in range(times):
            await read_all(bus, empty)
        assert await fed(empty.database) == await fed(city.service.database)
        assert await city.rows("SELECT 1 FROM parked_messages") == []
    finally:
        await empty.database.close()
        await bus.close()


async def read_all(bus, service):
    """Reads every topic from its beginning, as a group that nobody has read by before."""
    topics = sorted({topic_of(event.TYPE) for event in handlers(service)})
    subscription = bus.subscription(f"replay-{uuid4()}", topics)
    consumer = Consumer(service.database, subscription, handlers(service))
    await subscription.start()
    async with asyncio.timeout(120):
        while await subscription.lag():
            for partition, records in (await subscription.fetch(7, timeout_seconds=0.2)).items():
                await consumer.take(records)
                await subscription.commit({partition: records[-1].offset + 1})
    await subscription.close()
