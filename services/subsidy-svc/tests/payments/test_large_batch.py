"""A batch larger than any one stretch of work is exported and settled whole, with lines missing between."""

from collections import Counter

from chuangpei.events.subsidy import ClaimPaid, ClaimPaymentFailed
from subsidy_svc.claims.payee import Payee

MANY = 4_500

WINDOWS = """
INSERT INTO windows (certificate_id, certificate_number, person_key, masked_name, name_encrypted,
    id_number_encrypted, institution_credit_code, institution_name, district, project_code, project_name,
    class_id, class_started_on, issued_on, last_day, last_day_provisional)
SELECT gen_random_uuid(), 'SH' || n, 'person-' || n, '张*', '', '', 'x', '浦东创业学院',
    '310115', 'GYB', '项目', gen_random_uuid(), '2026-05-01', '2026-05-20', '2027-05-20', true
FROM generate_series(1, $1::int) AS n
"""
CLAIMS = """
INSERT INTO claims (id, certificate_id, person_key, district, institution_credit_code, project_code,
    amount_fen, enterprise_credit_code, enterprise_name, channel, account_kind, account_masked,
    payee_encrypted, payee_digest, findings, within_years_on, policy_version, submitted_at, state,
    accepted_by, approved_by, notice_last_day, fund_year, version)
SELECT gen_random_uuid(), certificate_id, person_key, district, institution_credit_code, project_code, 180000,
    'x', '企业', 'online', 'social_security_card', '', $1, $2, '[]', '{}', 'v', now(), 'cleared', 'acceptor',
    'approver', '2026-05-28', 2026, 4
FROM windows
"""


async def test_a_batch_of_many_lines_is_exported_and_settled(office):
    payee, privacy = Payee("张三丰", "中国银行", "6222021001122334455"), office.service.privacy
    await office.sql(WINDOWS, MANY)
    await office.sql(CLAIMS, payee.sealed(privacy), payee.digest(privacy))
    batch = await office.drafted()
    assert batch["lines"] == MANY
    # Lines taken out of the draft, as revocations do, leave gaps; one gap covers a whole stretch.
    await office.sql("DELETE FROM payment_lines WHERE line_no = 7 OR line_no BETWEEN 1900 AND 4100")
    left = MANY - 1 - 2201
    sealed = await office.batch_step(batch, "seal")
    assert (sealed["lines"], sealed["total_fen"]) == (left, left * 180000)
    received = await office.batch_step(await office.batch_step(sealed, "hand-over"), "receive")
    lines = await office.export(received)
    numbers = [int(line["line_no"]) for line in lines]
    assert numbers == sorted(set(numbers))
    assert len(lines) == left
    answer = await office.bank_answers(received, office.bank_answer(lines, failed={"1": "X", "4500": "Y"}))
    assert answer.status_code == 201, answer.text
    assert Counter(type(event) for event in await office.emitted(ClaimPaid)) == {ClaimPaid: left - 2}
    assert len(await office.emitted(ClaimPaymentFailed)) == 2
    detail = await office.get(f"/batches/{batch['id']}", office.city)
    assert detail["state"] == "settled"
    assert {status: totals["lines"] for status, totals in detail["by_status"].items()} == {
        "settled": left - 2,
        "failed": 2,
    }
    rows = await office.sql("SELECT to_state, count(*) FROM audit_log WHERE object_type = 'claim' GROUP BY 1")
    assert dict(rows) == {"paid": left - 2, "payment_failed": 2}
