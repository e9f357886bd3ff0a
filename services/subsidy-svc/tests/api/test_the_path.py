"""The whole path of a claim over REST: window, claim, notice, batch, paid (S01–S11)."""

from chuangpei.events import subsidy as events


async def test_from_certificate_to_paid(office):
    certificate = await office.certificate()
    windows = await office.get("/windows", office.citizen())
    assert [(w["state"], w["last_day"]) for w in windows["items"]] == [("open", "2027-05-20")]
    claim = await office.cleared(await office.submitted(certificate))
    assert claim["state"] == "cleared"

    batch = await office.received()
    assert (batch["lines"], batch["total_fen"]) == (1, 180000)
    assert await office.state_of(claim) == "batched"
    lines = await office.export(batch)
    assert lines == [
        {
            "batch_number": batch["number"],
            "line_no": "1",
            "claim_id": claim["id"],
            "holder_name": "张三丰",
            "bank": "中国银行",
            "account_number": "6222021001122334455",
            "amount_fen": "180000",
        }
    ]
    answer = await office.bank_answers(batch, office.bank_answer(lines))
    assert answer.status_code == 201, answer.text
    assert await office.state_of(claim) == "paid"
    detail = await office.get(f"/batches/{batch['id']}", office.city)
    assert detail["state"] == "settled"
    assert detail["by_status"] == {"settled": {"lines": 1, "total_fen": 180000}}
    assert [type(event) for event in await office.emitted()] == [
        events.ClaimWindowOpened,
        events.ClaimSubmitted,
        events.ClaimAccepted,
        events.ClaimApproved,
        events.ClaimNoticed,
        events.ClaimCleared,
        events.PaymentBatchSealed,
        events.ClaimPaid,
        events.PaymentBatchSettled,
    ]


async def test_the_person_sees_each_finding_and_each_step(office):
    claim = await office.cleared()
    shown = await office.get(f"/claims/{claim['id']}", office.citizen())
    assert {finding["rule"] for finding in shown["findings"]} >= {
        "S01",
        "S02",
        "S03",
        "S04",
        "S05",
        "S11",
        "D10",
    }
    assert all(finding["zh"] and finding["en"] and finding["article"] for finding in shown["findings"])
    assert shown["within_years_on"] == {
        "class_start": True,
        "evaluation": True,
        "issue": True,
        "application": True,
    }
    assert [(step["action"], step["to_state"]) for step in shown["timeline"]] == [
        ("claim.submit", "submitted"),
        ("claim.accept", "accepted"),
        ("claim.approve", "noticed"),
        ("claim.clear", "cleared"),
    ]
