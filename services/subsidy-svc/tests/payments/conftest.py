"""A batch that waits for the bank's answer, and a file of the bank that is refused without a trace."""

from typing import Any

import pytest


@pytest.fixture
async def exported(office):
    """A batch of three claims as exported, and its lines."""
    for number, who in enumerate(("holder", "partner", "third"), 1):
        office.accounts.numbers[office.id_number(who)] = f"622202100112233000{number}"
        await office.noticed(await office.submitted(who=who))
    office.clock.advance(days=30)
    assert await office.clear_due() == 3
    batch = await office.received()
    return batch, await office.export(batch)


async def everything(office) -> list[list[tuple[Any, ...]]]:
    """All that an import could change."""
    return [
        [tuple(row) for row in await office.sql(f"SELECT * FROM {table} ORDER BY 1, 2")]  # noqa: S608  # fixed names
        for table in (
            "claims",
            "payment_lines",
            "payment_batches",
            "bank_results",
            "outbox",
            "idempotency_keys",
        )
    ]


@pytest.fixture
def refused(office):
    """Sends a file that must be refused and change nothing; gives where and why."""

    async def sent(batch, content, **headers):
        before = await everything(office)
        answer = await office.bank_answers(batch, content, **headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "bank_file_refused"), answer.text
        assert await everything(office) == before
        return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]

    return sent
