"""Two things at one moment, in a given order: the second waits for the first, and sees what it did (D06)."""

import asyncio
import contextlib
from uuid import UUID

import pytest
from chuangpei.auth import Principal, Role
from chuangpei.events.subsidy import RecoveryOpened
from subsidy_svc.claims import decisions as claims
from subsidy_svc.payments import settlement
from subsidy_svc.payments import use_cases as payments
from subsidy_svc.payments.result_rows import result_rows
from subsidy_svc.revocation import revoke

OFFICER = Principal("releaser", Role.DISTRICT_OFFICER, district="310115")
APPROVER = Principal("approver", Role.DISTRICT_OFFICER, district="310115")
CITY = Principal("city", Role.CITY_CENTRE)


@pytest.fixture
def second(office):
    """Starts the second thing while the first is not committed, and waits until it waits for a lock."""

    @contextlib.asynccontextmanager
    async def started(thing):
        task = asyncio.create_task(thing)
        async with asyncio.timeout(20):
            while not task.done():
                [[waiting]] = await office.sql(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                if waiting:
                    break
        assert not task.done(), "the second did not wait for the first"
        yield task

    return started


async def nothing_parked(office):
    assert await office.sql("SELECT 1 FROM parked_messages") == []


async def test_a_revocation_waits_for_a_draft_and_takes_its_line_out(office, second):
    certificate = await office.certificate()
    claim = await office.cleared(await office.submitted(certificate))
    async with office.service.database.transaction() as tx:
        await payments.draft(tx, office.service, OFFICER)
        async with second(office.revoke(certificate)) as revoking:
            pass
    await revoking
    assert await office.state_of(claim) == "stopped"
    assert await office.sql("SELECT 1 FROM payment_lines") == []
    await nothing_parked(office)


async def test_a_draft_waits_for_a_revocation_and_leaves_the_claim_out(office, second):
    certificate = await office.certificate()
    await office.cleared(await office.submitted(certificate))
    other = await office.cleared(await office.submitted(who="partner"))
    async with office.service.database.transaction() as tx:
        await revoke(tx, office.service, office.revoked(certificate))
        async with second(office.drafted()) as drafting:
            pass
    assert (await drafting)["lines"] == 1
    rows = await office.sql("SELECT claim_id FROM payment_lines")
    assert [str(row["claim_id"]) for row in rows] == [other["id"]]


async def test_a_revocation_waits_for_the_seal_and_holds_the_line_out(office, second):
    certificate = await office.certificate()
    await office.cleared(await office.submitted(certificate))
    batch = await office.drafted()
    async with office.service.database.transaction() as tx:
        await payments.seal(tx, office.service, OFFICER, UUID(batch["id"]), batch["version"])
        async with second(office.revoke(certificate)) as revoking:
            pass
    await revoking
    rows = await office.sql("SELECT status FROM payment_lines")
    assert [row["status"] for row in rows] == ["held_out"]
    await nothing_parked(office)


async def test_the_seal_waits_for_a_revocation_and_counts_without_it(office, second):
    certificate = await office.certificate()
    await office.cleared(await office.submitted(certificate))
    await office.cleared(await office.submitted(who="partner"))
    batch = await office.drafted()
    async with office.service.database.transaction() as tx:
        await revoke(tx, office.service, office.revoked(certificate))
        async with second(office.batch_step(batch, "seal")) as sealing:
            pass
    sealed = await sealing
    assert (sealed["lines"], sealed["total_fen"]) == (1, 180000)


async def test_a_revocation_waits_for_the_export_and_leaves_the_line_to_the_bank(office, second):
    certificate = await office.certificate()
    claim = await office.cleared(await office.submitted(certificate))
    batch = await office.received()
    async with office.service.database.transaction() as tx:
        await payments.export(tx, office.service, CITY, UUID(batch["id"]))
        async with second(office.revoke(certificate)) as revoking:
            pass
    await revoking
    assert await office.state_of(claim) == "batched"
    [row] = await office.sql("SELECT status, recalled_on FROM payment_lines")
    assert row["status"] == "pending"
    assert row["recalled_on"] is not None
    await nothing_parked(office)


@pytest.mark.parametrize(("code", "state", "recoveries"), [(None, "paid", 1), ("CLOSED", "stopped", 0)])
async def test_a_revocation_waits_for_the_banks_answer_and_acts_on_it(
    office, second, code, state, recoveries
):
    certificate = await office.certificate()
    claim = await office.cleared(await office.submitted(certificate))
    batch = await office.received()
    content = office.bank_answer(await office.export(batch), failed={"1": code} if code else None)
    content = content.encode()
    rows = await result_rows(content)
    async with office.service.database.transaction() as tx:
        result = await settlement.import_results(tx, office.service, CITY, UUID(batch["id"]), content, rows)
        assert result.lines == 1
        async with second(office.revoke(certificate)) as revoking:
            pass
    await revoking
    assert await office.state_of(claim) == state
    assert len(await office.emitted(RecoveryOpened)) == recoveries
    await nothing_parked(office)


async def test_a_revocation_waits_for_an_approval_and_stops_the_claim(office, second):
    certificate = await office.certificate()
    claim = await office.accepted(await office.submitted(certificate))
    async with office.service.database.transaction() as tx:
        await claims.approve(tx, office.service, APPROVER, UUID(claim["id"]), claim["version"])
        async with second(office.revoke(certificate)) as revoking:
            pass
    await revoking
    assert await office.state_of(claim) == "stopped"
    await nothing_parked(office)


async def test_an_approval_waits_for_a_revocation_and_finds_the_claim_changed(office, second):
    certificate = await office.certificate()
    claim = await office.accepted(await office.submitted(certificate))
    async with office.service.database.transaction() as tx:
        await revoke(tx, office.service, office.revoked(certificate))
        async with second(office.step(claim, "approve", "approver")) as approving:
            pass
    assert (await approving).status_code == 412
    assert await office.sql("SELECT 1 FROM notices") == []


async def test_a_submission_waits_for_a_revocation_and_is_refused(office, second):
    certificate = await office.certificate()
    async with office.service.database.transaction() as tx:
        await revoke(tx, office.service, office.revoked(certificate))
        async with second(office.claim(certificate)) as submitting:
            pass
    answer = await submitting
    assert answer.status_code == 422
    assert [f["rule"] for f in answer.json()["findings"] if f["outcome"] == "failed"] == ["D06"]


async def test_a_second_submission_waits_for_the_first_and_takes_the_place_if_that_fails(office, second):
    certificate = await office.certificate()
    with contextlib.suppress(RuntimeError):
        async with office.service.database.transaction() as tx:
            await tx.connection.execute(
                "INSERT INTO reservations (person_key, slot, project_code, claim_id)"
                " SELECT person_key, 1, project_code, gen_random_uuid() FROM windows"
            )
            async with second(office.claim(certificate)) as submitting:
                pass
            raise RuntimeError("lost")
    assert (await submitting).status_code == 201


async def test_a_submission_that_lost_its_slot_takes_the_next(office, second):
    certificate = await office.certificate()
    async with office.service.database.transaction() as tx:
        await tx.connection.execute(
            "INSERT INTO reservations (person_key, slot, project_code, claim_id)"
            " SELECT person_key, 1, 'P9', gen_random_uuid() FROM windows"
        )
        async with second(office.claim(certificate)) as submitting:
            pass
    assert (await submitting).status_code == 201
    rows = await office.sql("SELECT slot, project_code FROM reservations ORDER BY slot")
    assert [tuple(row) for row in rows] == [(1, "P9"), (2, "GYB")]
