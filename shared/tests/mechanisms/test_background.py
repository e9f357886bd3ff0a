"""Background work: started again when it fails, stopped without a trace when asked."""

import asyncio
import logging

import pytest
from chuangpei.background import Timer, running
from chuangpei.database import DatabaseAway


async def test_a_job_that_fails_is_started_again(caplog: pytest.LogCaptureFixture) -> None:
    runs = 0
    up = asyncio.Event()

    async def job() -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            raise ValueError("not yet")
        up.set()
        await asyncio.Event().wait()

    with caplog.at_level(logging.ERROR):
        async with running([job]):
            await asyncio.wait_for(up.wait(), 10)

    assert runs == 3
    assert "background job failed" in caplog.text


async def test_a_job_that_fails_while_it_is_stopped_does_not_start_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    runs = 0
    up = asyncio.Event()

    async def job() -> None:
        nonlocal runs
        runs += 1
        up.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise OSError("the bus did not let go")

    other_stopped = asyncio.Event()

    async def other() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            other_stopped.set()

    async with asyncio.timeout(5):
        async with running([job, other]):
            await up.wait()

    assert runs == 1
    assert other_stopped.is_set()
    assert "failed to stop cleanly" in caplog.text


async def test_a_timer_acts_again_at_once_while_there_is_work_and_waits_out_a_lost_database() -> None:
    found: list[int | Exception] = [3, 2, DatabaseAway("away"), 1, 0]
    done = asyncio.Event()

    async def act() -> int:
        if not found:
            done.set()
            return 0
        outcome = found.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async with running([Timer("test", act, 0.01).run]):
        await asyncio.wait_for(done.wait(), 5)

    assert found == []
