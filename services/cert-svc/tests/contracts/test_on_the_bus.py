"""The whole service with its relay and consumer: an event comes in from the bus, others go out to it."""

import asyncio
from datetime import date

from cert_svc.app import MIGRATIONS, assemble, create_api
from cert_svc.settings import Settings
from chuangpei.bus.port import Record
from chuangpei.development import DevelopmentIssuer
from chuangpei.events.base import topic_of
from chuangpei.events.cert import CertificateIssued
from chuangpei.testing.api import client, verifier_for
from chuangpei.testing.clock import FixedClock
from chuangpei.testing.events import received
from chuangpei.testing.settings import test_settings


async def test_a_completion_on_the_bus_becomes_a_certificate_on_the_bus(make_database, office, signing):
    dsn = await make_database(MIGRATIONS)
    settings = test_settings(Settings, dsn, **signing)
    service = assemble(
        settings,
        clock=FixedClock.on(date(2026, 6, 1)),
        verifier=verifier_for(DevelopmentIssuer(), settings.privacy()),
    )
    publisher = service.bus.publisher()
    topic = topic_of(CertificateIssued.TYPE)
    subscription = service.bus.subscription("somebody-else", [topic])
    event = office.completion()
    async with client(create_api(service, with_work=True)):
        await service.bus.create_topics([topic_of(event.TYPE), topic], settings.bus_partitions)
        await publisher.start()
        await subscription.start()
        coming = received(event)
        await publisher.publish([Record(coming.topic, coming.key, coming.value, coming.headers)])
        async with asyncio.timeout(30):
            issued = await first_of(subscription)
        await publisher.close()
        await subscription.close()
    assert issued.enrolment_id == event.enrolment_id


async def first_of(subscription):
    while True:
        for records in (await subscription.fetch(10, 1)).values():
            for record in records:
                if dict(record.headers)["ce_type"].decode() == CertificateIssued.TYPE:
                    return CertificateIssued.model_validate_json(record.value)
