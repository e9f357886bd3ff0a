"""A whole class is confirmed as one job, each evaluation by the rules of a single one (C02, C04)."""

import asyncio
from datetime import date

import asyncpg
import pytest
from cert_svc.confirmations import use_cases, work
from cert_svc.confirmations.work import work_on_confirmations
from cert_svc.timers import timers
from chuangpei.auth import Role
from chuangpei.events.base import PersonRef
from chuangpei.events.cert import CertificateIssued, EvaluationConfirmed
from chuangpei.kernel.resident_id import make_resident_id
from chuangpei.testing.api import key

PATH = "/cert/v1/confirmations"
STRANGER = "01977777-7777-7777-8777-777777777777"


@pytest.fixture
def short_stretches(monkeypatch):
    monkeypatch.setattr(work, "CONFIRMED_AT_ONCE", 4)


def somebody(office, number):
    privacy, id_number = office.service.privacy, make_resident_id("310101", date(1995, 5, 5), number)
    return PersonRef(
        person_key=privacy.person_key(id_number),
        masked_name="张*",
        name_encrypted=privacy.in_events.encrypt("张三丰", "event.name"),
        id_number_encrypted=privacy.in_events.encrypt(id_number, "event.id_number"),
    )


async def scored_class(office, *points):
    """A class of as many trainees as points, each scored; their evaluations in the order of the points."""
    class_id = office.completion().class_id
    for number in range(len(points)):
        given = {"class_id": class_id, "person": somebody(office, number)}
        await office.deliver(office.completion().model_copy(update=given))
    evaluations = await of_class(office, class_id)
    return str(class_id), [
        (await office.score(one, given)).json() for one, given in zip(evaluations, points, strict=True)
    ]


async def of_class(office, class_id):
    answer = await office.http.get(
        "/cert/v1/evaluations", params={"class_id": str(class_id), "limit": 200}, headers=office.centre
    )
    return answer.json()["items"]


async def ask(office, who="confirmer", **wanted):
    return await office.http.post(PATH, json=wanted, headers=office.evaluator(who) | key())


async def read(office, job):
    return (await office.http.get(f"{PATH}/{job['id']}", headers=office.centre)).json()


async def lines(office, job, **params):
    answer = await office.http.get(f"{PATH}/{job['id']}/lines", params=params, headers=office.centre)
    return answer.json()["items"]


async def worked(office):
    """All that is to be done in the background is done."""
    for timer in timers(office.service):
        while await timer.act():
            pass


async def told(office, kind):
    return [event for event in await office.emitted() if isinstance(event, kind)]


@pytest.mark.usefixtures("short_stretches")
async def test_a_class_is_confirmed_and_certified_with_its_progress(office):
    class_id, _ = await scored_class(office, *[80] * 8, 59)
    asked = await ask(office, class_id=class_id)
    assert asked.status_code == 201, asked.text
    job = asked.json()
    assert (job["state"], job["total"], job["done"]) == ("received", 9, 0)
    seen = []
    while await work_on_confirmations(office.service):
        seen.append(await read(office, job))
    assert [(one["state"], one["done"]) for one in seen] == [("working", 4), ("working", 8), ("done", 9)]
    assert (seen[-1]["confirmed"], seen[-1]["refused"]) == (9, 0)
    found = await lines(office, job)
    assert [one["passed"] for one in found] == [True] * 8 + [False]
    assert [bool(one["certificate_number"]) for one in found] == [True] * 8 + [False]
    assert len(await told(office, EvaluationConfirmed)) == 9
    issued = [one.kind for one in await told(office, CertificateIssued)]
    assert issued.count("training_qualification") == 8


async def test_who_asked_is_who_confirms(office):
    class_id, [evaluation] = await scored_class(office, 80)
    await ask(office, class_id=class_id)
    await worked(office)
    steps = await office.http.get(
        f"/cert/v1/evaluations/{evaluation['id']}/timeline", headers=office.evaluator("third")
    )
    last = steps.json()[-1]
    assert (last["action"], last["actor"], last["role"]) == ("confirm", "confirmer", "evaluator")


async def test_what_may_not_be_confirmed_is_listed_with_every_reason_and_holds_up_nothing(office):
    class_id, evaluations = await scored_class(office, 80, 81, 82)
    job = (await ask(office, class_id=class_id)).json()
    await office.score(evaluations[0], 85)
    certificates = await office.http.get(
        "/cert/v1/certificates",
        params={"enrolment_id": evaluations[1]["enrolment_id"]},
        headers=office.centre,
    )
    await office.revoke(certificates.json()["items"][0])
    await worked(office)
    job = await read(office, job)
    assert (job["state"], job["confirmed"], job["refused"]) == ("done", 1, 2)
    changed, revoked, confirmed = await lines(office, job)
    assert (changed["refusal"]["code"], changed["refusal"]["findings"]) == ("precondition_failed", [])
    assert [one["rule"] for one in revoked["refusal"]["findings"]] == ["C02"]
    assert (confirmed["outcome"], confirmed["refusal"]) == ("confirmed", None)
    assert [one["outcome"] for one in await lines(office, job, outcome="refused")] == ["refused"] * 2


@pytest.mark.parametrize(
    ("who", "code", "reason"),
    [
        ("scorer", "four_eyes", "Another person than the scorer must confirm the score"),
        ("teacher", "refused_by_rule", "Who taught the class may not evaluate it"),
    ],
)
async def test_four_eyes_and_conflicts_hold_for_each(office, who, code, reason):
    class_id, _ = await scored_class(office, 80, 90)
    job = (await ask(office, who, class_id=class_id)).json()
    await worked(office)
    for line in await lines(office, job):
        assert line["refusal"]["code"] == code
        assert [one["en"] for one in line["refusal"]["findings"]] == [reason]
    assert await told(office, EvaluationConfirmed) == []


async def test_a_request_sent_twice_makes_one_job(office):
    class_id, _ = await scored_class(office, 80)
    headers = office.evaluator("confirmer") | key()
    first, second = [
        await office.http.post(PATH, json={"class_id": class_id}, headers=headers) for _ in range(2)
    ]
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"


@pytest.mark.usefixtures("short_stretches")
async def test_two_jobs_of_one_class_confirm_nothing_twice(office):
    class_id, _ = await scored_class(office, *[80] * 10)
    jobs = [(await ask(office, who, class_id=class_id)).json() for who in ("confirmer", "third")]
    await asyncio.gather(*(worked(office) for _ in range(4)))
    ended = [await read(office, job) for job in jobs]
    assert [one["state"] for one in ended] == ["done", "done"]
    assert sum(one["confirmed"] for one in ended) == 10
    assert sum(one["refused"] for one in ended) == 10
    assert len(await told(office, EvaluationConfirmed)) == 10


@pytest.mark.usefixtures("short_stretches")
async def test_a_small_class_does_not_wait_for_a_large_one(office):
    large, _ = await scored_class(office, *[80] * 12)
    small, _ = await scored_class(office, 80)
    first, second = (await ask(office, class_id=large)).json(), (await ask(office, class_id=small)).json()
    for _ in range(2):
        office.clock.advance(seconds=1)
        await work_on_confirmations(office.service)
    assert (await read(office, second))["state"] == "done"
    assert (await read(office, first))["done"] == 4


@pytest.mark.usefixtures("short_stretches")
async def test_work_that_is_cut_off_anywhere_goes_on_and_confirms_nothing_twice(office):
    class_id, _ = await scored_class(office, *[80] * 60)
    job = (await ask(office, class_id=class_id)).json()
    for seconds in (0.002, 0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15):
        one = asyncio.create_task(work_on_confirmations(office.service))
        await asyncio.sleep(seconds)
        one.cancel()
        await asyncio.wait([one])
    await worked(office)
    job = await read(office, job)
    assert (job["state"], job["confirmed"], job["refused"]) == ("done", 60, 0)
    numbers = {line["certificate_number"] for line in await lines(office, job, limit=100)}
    assert len(numbers) == 60
    assert len(await told(office, EvaluationConfirmed)) == 60


async def test_what_fails_unexpectedly_is_told_and_holds_up_nothing(office, numbers):
    class_id, _ = await scored_class(office, 80, 90)
    numbers.append(None)
    job = (await ask(office, class_id=class_id)).json()
    await worked(office)
    failed, confirmed = await lines(office, job)
    assert failed["refusal"]["code"] == "internal_error"
    assert (failed["passed"], failed["certificate_number"]) == (None, None)
    assert confirmed["outcome"] == "confirmed"
    again = (await ask(office, class_id=class_id)).json()
    await worked(office)
    assert (await read(office, again))["confirmed"] == 1


async def test_where_nothing_is_scored_there_is_nothing_to_confirm(office):
    event = await office.complete()
    for wanted in ({"class_id": str(event.class_id)}, {"session_id": STRANGER}):
        refused = await ask(office, **wanted)
        assert (refused.status_code, refused.json()["code"]) == (404, "nothing_to_confirm")
    class_id, _ = await scored_class(office, 80)
    outside = await ask(office, "outsider", class_id=class_id)
    assert outside.json()["code"] == "nothing_to_confirm"


async def test_a_class_that_is_too_large_is_refused(office, monkeypatch):
    monkeypatch.setattr(use_cases, "MOST_AT_ONCE", 2)
    class_id, _ = await scored_class(office, 80, 80, 80)
    assert (await ask(office, class_id=class_id)).json()["code"] == "too_many_to_confirm"


@pytest.mark.parametrize("wanted", [{}, {"class_id": STRANGER, "session_id": STRANGER}])
async def test_either_a_class_or_a_session_is_named(office, wanted):
    refused = await ask(office, **wanted)
    assert refused.json()["errors"][0]["pointer"] == "/session_id"


async def test_who_asks_signs_in_with_a_real_name(office):
    headers = office.as_(Role.EVALUATOR, subject="nameless") | key()
    refused = await office.http.post(PATH, json={"class_id": STRANGER}, headers=headers)
    assert refused.json()["code"] == "real_name_required"


async def test_what_became_of_an_evaluation_stands(office):
    class_id, _ = await scored_class(office, 80)
    await ask(office, class_id=class_id)
    await worked(office)
    with pytest.raises(asyncpg.RestrictViolationError):
        await office.sql("UPDATE confirmation_lines SET outcome = 'waiting', at = NULL")


async def test_jobs_are_found_by_class_and_state_and_exported_with_their_reasons(office):
    class_id, _ = await scored_class(office, 80)
    done = (await ask(office, "scorer", class_id=class_id)).json()
    await worked(office)
    open_one = (await ask(office, class_id=class_id)).json()
    for params, expected in (
        ({"class_id": class_id}, [done, open_one]),
        ({"state": "done"}, [done]),
        ({"sort": "-asked_at"}, [open_one, done]),
        ({"session_id": STRANGER}, []),
    ):
        answer = await office.http.get(PATH, params=params, headers=office.evaluator("third"))
        assert [one["id"] for one in answer.json()["items"]] == [one["id"] for one in expected]
        file = await office.http.get(f"{PATH}/export", params=params, headers=office.centre)
        assert file.text.count("\r\n") == len(expected) + 1
    file = await office.http.get(f"{PATH}/{done['id']}/lines/export", headers=office.centre)
    assert "成绩须由评分人以外的另一人确认" in file.text


async def test_another_bodys_evaluator_finds_no_job(office):
    class_id, _ = await scored_class(office, 80)
    job = (await ask(office, class_id=class_id)).json()
    other = (await office.choose_body(credit_code="91310115MA1K35X104")).json()
    assert (await office.add_evaluator(other["id"], "outsider")).status_code == 201
    for path in ("", "/lines", "/lines/export"):
        answer = await office.http.get(f"{PATH}/{job['id']}{path}", headers=office.evaluator("outsider"))
        assert answer.status_code == 404
    listed = await office.http.get(PATH, headers=office.evaluator("outsider"))
    assert listed.json()["items"] == []
