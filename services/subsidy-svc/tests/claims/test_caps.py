"""The caps hold when a connection dies in the middle (S03, S04, D03); in any order: see tests/any_order."""

import asyncio

import pytest


async def killed_while_it_waits(office, doing):
    """Ends the connection that waits for a lock, as a crash of its process would."""
    async with asyncio.timeout(20):
        while not await office.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ):
            continue
    answer = await doing
    assert answer.is_server_error, answer.text


@pytest.mark.parametrize("again", [1, 3])
async def test_a_submission_whose_connection_dies_leaves_nothing_and_may_come_again(office, again):
    certificate = await office.certificate()
    async with office.service.database.transaction() as tx:
        await tx.connection.execute("SELECT 1 FROM windows FOR UPDATE")
        await killed_while_it_waits(office, asyncio.ensure_future(office.claim(certificate)))
    for table in ("claims", "reservations"):
        assert await office.sql(f"SELECT 1 FROM {table}") == []  # noqa: S608  # one of two
    answers = await asyncio.gather(*(office.claim(certificate) for _ in range(again)))
    assert [answer.status_code for answer in answers].count(201) == 1
    assert len(await office.sql("SELECT 1 FROM reservations")) == 1


async def test_a_withdrawal_whose_connection_dies_frees_nothing(office):
    claim = await office.submitted()
    async with office.service.database.transaction() as tx:
        await tx.connection.execute("SELECT 1 FROM claims FOR UPDATE")
        await killed_while_it_waits(office, asyncio.ensure_future(office.step(claim, "withdraw", "holder")))
    assert await office.state_of(claim) == "submitted"
    assert len(await office.sql("SELECT 1 FROM reservations")) == 1
    assert (await office.step(claim, "withdraw", "holder")).status_code == 200
    assert await office.sql("SELECT 1 FROM reservations") == []
