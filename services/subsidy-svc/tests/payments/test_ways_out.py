"""A draft can be discarded, a batch given back: its claims are free, and what was sealed stays (S10, O04)."""

import asyncio
import csv
import io
from collections import Counter

import openpyxl
from chuangpei.events.subsidy import PaymentBatchReturned

REASON = {"reason": "申领人账户信息待核实"}


async def ended(office, batch, action, by=None):
    headers = by or (office.city if action == "return" else office.officer("releaser"))
    return await office.post(f"/batches/{batch['id']}/{action}", headers, REASON, batch["version"])


async def handed_over(office):
    return await office.batch_step(await office.sealed(), "hand-over")


async def test_a_discarded_draft_frees_its_claims_for_another(office):
    claim = await office.cleared()
    batch = await office.drafted()
    answer = await ended(office, batch, "discard")
    assert (answer.status_code, answer.json()["state"]) == (200, "discarded"), answer.text
    assert (answer.json()["lines"], answer.json()["end_reason"]) == (1, REASON["reason"])
    assert await office.state_of(claim) == "cleared"
    again = await office.drafted()
    assert (again["lines"], again["number"][-2:]) == (1, "-2")
    assert await office.state_of(claim) == "batched"


async def test_a_sealed_batch_is_not_discarded(office):
    await office.cleared()
    answer = await ended(office, await office.sealed(), "discard")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_discarding_and_sealing_at_once_do_one_of_the_two(office):
    claim = await office.cleared()
    batch = await office.drafted()
    seal = office.post(f"/batches/{batch['id']}/seal", office.officer("releaser"), None, batch["version"])
    answers = await asyncio.gather(seal, ended(office, batch, "discard"))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 1}
    sealed = answers[0].status_code == 200
    assert await office.state_of(claim) == ("batched" if sealed else "cleared")


async def test_a_batch_given_back_frees_its_claims_and_stays_as_it_was_sealed(office):
    claim = await office.cleared()
    batch = await handed_over(office)
    answer = await ended(office, batch, "return")
    assert (answer.status_code, answer.json()["state"]) == (200, "returned"), answer.text
    shown = await office.get(f"/batches/{batch['id']}", office.officer())
    assert [shown[name] for name in ("lines", "total_fen", "sha256")] == [1, 180000, batch["sha256"]]
    assert shown["by_status"] == {"returned": {"lines": 1, "total_fen": 180000}}
    [line] = (await office.get(f"/batches/{batch['id']}/lines", office.officer()))["items"]
    assert (line["claim_id"], line["holder"], line["status"]) == (claim["id"], "张*", "returned")
    [event] = await office.emitted(PaymentBatchReturned)
    assert str(event.batch_id) == batch["id"]
    entries = await office.get("/ledger/entries", office.city, batch_id=batch["id"], sort="id")
    assert [one["occasion"] for one in entries["items"]] == ["seal", "return"]
    lines = await office.get(f"/ledger/entries/{entries['items'][1]['id']}/lines", office.city)
    assert [one["claim_id"] for one in lines["items"]] == [claim["id"]]
    [budget] = (await office.get("/budgets", office.officer()))["items"]
    assert budget["left_fen"] == budget["amount_fen"]


async def test_the_claims_of_a_returned_batch_are_paid_in_the_next(office):
    claim = await office.cleared()
    await ended(office, await handed_over(office), "return")
    assert await office.state_of(claim) == "cleared"
    batch = await office.received()
    await office.bank_answers(batch, office.bank_answer(await office.export(batch)))
    assert await office.state_of(claim) == "paid"


async def test_a_line_held_out_before_is_not_freed_by_the_return(office):
    certificate = await office.certificate()
    stopped = await office.cleared(await office.submitted(certificate))
    await office.cleared(await office.submitted(who="partner"))
    batch = await handed_over(office)
    await office.revoke(certificate)
    await ended(office, batch, "return")
    assert await office.state_of(stopped) == "stopped"
    report = await office.get("/ledger/report", office.city)
    assert all(equation["holds"] for equation in report["total"]["equations"])
    assert (report["total"]["payable_fen"], report["total"]["committed_fen"]) == (0, 180000)


async def test_a_batch_the_city_has_taken_is_not_given_back(office):
    await office.cleared()
    answer = await ended(office, await office.received(), "return")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_another_district_and_an_old_version_are_refused(office):
    await office.cleared()
    batch = await office.drafted()
    other = office.officer("releaser", "310104")
    assert (await ended(office, batch, "discard", other)).status_code == 404
    for path in ("lines", "lines/export"):
        answer = await office.http.get(f"/subsidy/v1/batches/{batch['id']}/{path}", headers=other)
        assert answer.status_code == 404
    assert (await ended(office, batch | {"version": 7}, "discard")).status_code == 412


async def test_the_sheet_for_the_bank_has_the_lines_of_the_csv_file_and_is_the_same_each_time(office):
    for who in ("holder", "partner"):
        await office.noticed(await office.submitted(who=who))
    office.clock.advance(days=30)
    await office.clear_due()
    batch = await office.received()
    lines = await office.export(batch)
    seen = []
    for _ in range(2):
        path = f"/subsidy/v1/batches/{batch['id']}/export.xlsx"
        answer = await office.http.get(path, headers=office.city)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        heading, *rows = openpyxl.load_workbook(io.BytesIO(answer.content)).active.values
        seen.append([dict(zip(heading, map(str, row), strict=True)) for row in rows])
    assert seen == [lines, lines]


async def test_batches_are_filtered_paged_and_exported(office):
    await office.cleared()
    await ended(office, await office.drafted(), "discard")
    sealed = await office.sealed()
    found = await office.get("/batches", office.officer(), state="sealed")
    assert [one["id"] for one in found["items"]] == [sealed["id"]]
    page = await office.get("/batches", office.city, sort="number", limit=1)
    rest = await office.get("/batches", office.city, sort="number", cursor=page["next_cursor"])
    assert [one["number"][-2:] for one in (*page["items"], *rest["items"])] == ["-1", "-2"]
    for path in ("/batches/export", f"/batches/{sealed['id']}/lines/export"):
        answer = await office.http.get(f"/subsidy/v1{path}", headers=office.city)
        assert answer.status_code == 200, answer.text
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert len(rows) == (2 if path == "/batches/export" else 1)
        assert "6222021001122334455" not in answer.text
