"""The whole service with its relay, consumer and timers: a certificate comes in, a closed window goes out."""

import asyncio
from datetime import date

from chuangpei.bus.port import Record
from chuangpei.development import DevelopmentIssuer
from chuangpei.events.base import topic_of
from chuangpei.events.registry import EVENT_TYPES
from chuangpei.events.subsidy import ClaimWindowClosed, ClaimWindowOpened
from chuangpei.testing.api import client, verifier_for
from chuangpei.testing.clock import FixedClock
from chuangpei.testing.events import received
from chuangpei.testing.settings import test_settings
from subsidy_svc.app import MIGRATIONS, assemble, create_api
from subsidy_svc.settings import Settings


async def test_a_certificate_on_the_bus_opens_a_window_and_time_closes_it(make_database, office, tmp_path):
    settings = test_settings(
        Settings,
        await make_database(MIGRATIONS),
        registry_url="http://127.0.0.1:9",
        accounts_url="http://127.0.0.1:9",
        attachments_url=f"file://{tmp_path}",
    )
    clock = FixedClock.on(date(2026, 6, 1))
    service = assemble(settings, clock=clock, verifier=verifier_for(DevelopmentIssuer(), settings.privacy()))
    publisher = service.bus.publisher()
    topic = topic_of(ClaimWindowOpened.TYPE)
    subscription = service.bus.subscription("somebody-else", [topic])
    coming = received(office.issued())
    async with client(create_api(service, with_work=True)):
        await service.bus.create_topics([coming.topic, topic], settings.bus_partitions)
        await publisher.start()
        await subscription.start()
        await publisher.publish([Record(coming.topic, coming.key, coming.value, coming.headers)])
        async with asyncio.timeout(30):
            opened = await next_event(subscription)
            clock.set(FixedClock.on(date(2027, 6, 1)).now())
            closed = await next_event(subscription)
        await publisher.close()
        await subscription.close()
    assert isinstance(opened, ClaimWindowOpened)
    assert isinstance(closed, ClaimWindowClosed)
    assert (opened.certificate_id, closed.cause) == (closed.certificate_id, "elapsed")


async def next_event(subscription):
    while True:
        for records in (await subscription.fetch(1, 1)).values():
            for record in records:
                return EVENT_TYPES[dict(record.headers)["ce_type"].decode()].model_validate_json(record.value)
