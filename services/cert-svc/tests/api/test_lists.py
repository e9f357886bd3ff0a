"""Lists come in pages, each in its order, without gaps or repeats."""

from chuangpei.auth import Role


async def pages(office, path, headers, **params):
    found, cursor = [], None
    while True:
        asked = params | {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await office.http.get(path, params=asked, headers=headers)).json()
        assert len(page["items"]) <= 2
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def test_evaluations_come_with_the_longest_waiting_first(office):
    events = [await office.complete() for _ in range(5)]
    found = await pages(office, "/cert/v1/evaluations", office.centre, state="open")
    assert [item["enrolment_id"] for item in found] == [str(event.enrolment_id) for event in events]


async def test_certificates_come_newest_first(office):
    events = [await office.complete() for _ in range(5)]
    for headers in (
        office.centre,
        office.as_(Role.CITIZEN, "trainee"),
        office.as_(Role.DISTRICT_OFFICER, district="310115"),
    ):
        found = await pages(office, "/cert/v1/certificates", headers)
        assert [item["enrolment_id"] for item in found] == [str(event.enrolment_id) for event in events[::-1]]


async def test_evaluations_are_found_by_their_state(office):
    first = await office.complete()
    await office.complete()
    await office.score(await office.evaluation_of(first), 80)
    [scored] = await pages(office, "/cert/v1/evaluations", office.evaluator("confirmer"), state="scored")
    assert scored["enrolment_id"] == str(first.enrolment_id)
    assert await pages(office, "/cert/v1/evaluations", office.centre, state="confirmed") == []


async def test_evaluations_are_found_by_what_they_belong_to_and_exported(office, body):
    first = await office.complete()
    await office.complete(district="310104")
    await office.evaluated(first, 80)
    for params, count in (
        ({"district": "310104"}, 1),
        ({"class_id": str(first.class_id)}, 1),
        ({"project_code": "P3"}, 2),
        ({"body_id": body["id"]}, 1),
        ({"passed": "true", "evaluated_since": "2026-06-01", "evaluated_until": "2026-06-01"}, 1),
        ({"evaluated_since": "2026-06-02"}, 0),
    ):
        assert len(await pages(office, "/cert/v1/evaluations", office.centre, **params)) == count
        file = await office.http.get("/cert/v1/evaluations/export", params=params, headers=office.centre)
        assert file.text.count("\r\n") == count + 1
    [later, *_] = await pages(office, "/cert/v1/evaluations", office.centre, sort="-opened_at")
    assert later["institution"]["district"] == "310104"


async def test_certificates_are_found_by_kind_status_and_number(office):
    event = await office.complete()
    await office.evaluated(event, 80)
    await office.complete(stage=1)
    certificates = await office.certificates(event)
    await office.revoke(certificates["training_completion"])
    number = certificates["training_qualification"]["number"]
    for params, kinds in (
        ({"kind": "entrepreneurship_completion"}, ["entrepreneurship_completion"]),
        ({"status": "revoked"}, ["training_completion"]),
        ({"number": number.lower()}, ["training_qualification"]),
        ({"number": number, "status": "revoked"}, []),
        ({"number": "no number"}, []),
    ):
        found = await pages(office, "/cert/v1/certificates", office.centre, **params)
        assert [item["kind"] for item in found] == kinds


async def test_one_evaluation_is_read_with_its_etag(office):
    evaluation = await office.evaluation_of(await office.complete())
    answer = await office.http.get(f"/cert/v1/evaluations/{evaluation['id']}", headers=office.centre)
    assert answer.json() == evaluation
    assert answer.headers["etag"] == '"1"'
