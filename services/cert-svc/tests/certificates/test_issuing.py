"""Issuing (发证): once for each enrolment and kind, with ledger, audit and event in one transaction."""

import asyncio
from datetime import UTC, date, datetime

import pytest
from cert_svc.certificates.number import draw, has_valid_check
from chuangpei.events.cert import CertificateIssued, EvaluationOpened
from chuangpei.testing.events import received

TAKEN = draw("training_completion", 2026)
NEXT = draw("training_completion", 2026)


@pytest.mark.parametrize("stage", [1, 2, 4])
async def test_stages_1_2_and_4_give_a_completion_certificate_and_no_evaluation(office, stage):
    event = await office.complete(stage=stage)
    [certificate] = (await office.certificates(event)).values()
    assert certificate["kind_zh"] == "创业培训结业证书"
    assert certificate["evaluated_on"] is None
    assert await office.sql("SELECT id FROM evaluations") == []


async def test_the_same_message_twice_has_its_effect_once(office):
    message = received(office.completion())
    await office.deliver(message)
    await office.deliver(message, message)
    assert len(await office.sql("SELECT id FROM certificates")) == 1
    assert [type(one) for one in await office.emitted()] == [CertificateIssued, EvaluationOpened]


async def test_a_completion_told_again_under_another_message_id_has_its_effect_once(office):
    event = await office.complete()
    await office.deliver(event, event)
    assert len(await office.sql("SELECT id FROM certificates")) == 1
    assert len(await office.sql("SELECT id FROM evaluations")) == 1
    assert [type(one) for one in await office.emitted()] == [CertificateIssued, EvaluationOpened]


async def test_a_completion_told_by_several_workers_at_once_has_its_effect_once(office):
    event = office.completion()
    await asyncio.gather(*(office.deliver(event) for _ in range(8)))
    assert len(await office.sql("SELECT id FROM certificates")) == 1
    assert len(await office.sql("SELECT id FROM evaluations")) == 1
    assert len(await office.sql("SELECT id FROM certificate_ledger")) == 1
    assert [type(one) for one in await office.emitted()] == [CertificateIssued, EvaluationOpened]
    assert await office.sql("SELECT id FROM parked_messages") == []


async def test_one_person_gets_a_certificate_for_each_enrolment(office):
    first, second = await office.complete(), await office.complete()
    assert await office.certificates(first) != await office.certificates(second)


async def test_a_number_drawn_a_second_time_is_drawn_again(office, numbers):
    numbers += [TAKEN, TAKEN, TAKEN, NEXT]
    first, second = await office.complete(), await office.complete()
    assert (await office.certificates(first))["training_completion"]["number"] == TAKEN
    assert (await office.certificates(second))["training_completion"]["number"] == NEXT
    issued = [one for one in await office.emitted() if isinstance(one, CertificateIssued)]
    assert [event.number for event in issued] == [TAKEN, NEXT]


async def test_issued_numbers_carry_a_fitting_check_character(office):
    event = await office.complete()
    assert has_valid_check((await office.certificates(event))["training_completion"]["number"])


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 6, 1, 15, 59, 59, tzinfo=UTC), date(2026, 6, 1)),
        (datetime(2026, 6, 1, 16, 0, 0, tzinfo=UTC), date(2026, 6, 2)),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
async def test_the_day_of_issue_is_the_civil_day_in_shanghai(office, instant, day):
    office.clock.set(instant)
    event = await office.complete()
    certificate = (await office.certificates(event))["training_completion"]
    assert certificate["issued_on"] == day.isoformat()
    assert certificate["number"].startswith(f"SH{day.year}J")


async def test_each_issue_leaves_a_line_in_the_ledger_and_in_the_audit_log(office):
    event = await office.complete()
    confirmed = await office.evaluated(event, 90)
    lines = await office.sql("SELECT * FROM certificate_ledger ORDER BY id")
    assert [(line["entry"], line["actor"], line["role"]) for line in lines] == [
        ("issued", "system", "system"),
        ("issued", "confirmer", "evaluator"),
    ]
    assert lines[1]["number"] == confirmed["certificate_number"]
    assert lines[1]["person_key"] == event.person.person_key
    steps = await office.sql(
        "SELECT action, actor, from_state, to_state FROM audit_log "
        "WHERE object_type IN ('certificate', 'evaluation') ORDER BY id"
    )
    assert [tuple(step) for step in steps] == [
        ("issue", "system", None, "valid"),
        ("open", "system", None, "open"),
        ("score", "scorer", "open", "scored"),
        ("confirm", "confirmer", "scored", "confirmed"),
        ("issue", "confirmer", None, "valid"),
    ]


async def test_no_clear_name_or_id_number_lies_in_the_database(office):
    event = await office.complete()
    await office.evaluated(event, 90)
    names = [
        row["tablename"]
        for row in await office.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    assert "certificates" in names
    privacy = office.service.privacy
    number = privacy.in_events.decrypt(event.person.id_number_encrypted, "event.id_number")
    for name in names:
        rows = await office.sql(f"SELECT t::text AS row FROM {name} t")  # noqa: S608  # names from the catalogue
        written = "".join(row["row"] for row in rows)
        for clear in (number, "张三丰", number.encode().hex(), "张三丰".encode().hex()):
            assert clear not in written


async def test_the_stored_person_opens_with_the_key_of_the_service_alone(office):
    await office.complete()
    [row] = await office.sql("SELECT name_encrypted FROM certificates")
    assert office.service.privacy.at_rest.decrypt(row["name_encrypted"], "person.name") == "张三丰"


async def test_a_class_begun_under_the_law_is_finished_under_it_after_the_law_has_ended(office):
    office.clock.set(datetime(2031, 1, 20, 1, tzinfo=UTC))
    event = await office.complete(class_started_on=date(2030, 12, 31), completed_on=date(2031, 1, 15))
    assert list(await office.certificates(event)) == ["training_completion"]
    failed = await office.evaluated(event, 59)
    assert (failed["pass_mark"], failed["retake_until"]) == (60, "2031-07-15")
    assert (await office.retake(failed)).status_code == 201
    await office.evaluated(event, 60)
    assert "training_qualification" in await office.certificates(event)


async def test_a_class_outside_the_law_waits_for_an_operator(office):
    await office.complete(class_started_on=date(2031, 1, 1), completed_on=date(2031, 1, 1))
    [parked] = await office.sql("SELECT error FROM parked_messages")
    assert "NoLawInForce" in parked["error"]
    assert await office.sql("SELECT id FROM certificates") == []
