"""From a completed training to a certificate anybody can check (C01, C02, C03, C04, C06)."""

from datetime import date


async def test_a_completed_stage_3_training_gives_a_certificate_and_opens_an_evaluation(office):
    event = await office.complete()

    [certificate] = (await office.certificates(event)).values()
    assert (certificate["kind"], certificate["kind_zh"]) == ("training_completion", "培训结业证书")
    assert certificate["issued_on"] == "2026-06-01"
    evaluation = await office.evaluation_of(event)
    assert (evaluation["state"], evaluation["attempt"], evaluation["pass_mark"]) == ("open", 1, 60)


async def test_a_pass_confirmed_by_another_person_issues_the_qualification(office):
    event = await office.complete()
    confirmed = await office.evaluated(event, 82)
    assert (confirmed["state"], confirmed["passed"]) == ("confirmed", True)
    certificate = (await office.certificates(event))["training_qualification"]
    assert certificate["number"] == confirmed["certificate_number"]
    assert certificate["evaluated_on"] == "2026-06-01"
    completion, opened, evaluated, issued = await office.emitted()
    assert completion.kind == "training_completion"
    assert (opened.evaluation_id, opened.attempt) == (evaluated.evaluation_id, 1)
    assert (evaluated.passed, evaluated.score, evaluated.pass_mark) == (True, 82, 60)
    assert (issued.kind, issued.evaluated_on, issued.issued_on) == (
        "training_qualification",
        date(2026, 6, 1),
        date(2026, 6, 1),
    )
    in_events = office.service.privacy.in_events
    assert in_events.decrypt(issued.person.name_encrypted, "event.name") == "张三丰"
