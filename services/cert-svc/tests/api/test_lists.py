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


async def exported(office, path, **params):
    file = await office.http.get(f"{path}/export", params=params, headers=office.centre)
    return file.text.count("\r\n") - 1


async def test_certificates_are_found_by_what_they_belong_to_and_exported(office):
    first = await office.complete()
    await office.evaluated(first, 80)
    office.clock.advance(days=1)
    await office.complete(district="310104", stage=2)
    certificates = await office.certificates(first)
    qualification = certificates["training_qualification"]
    second = (await office.reissue(qualification)).json()
    await office.revoke(certificates["training_completion"], "false_training")
    for params, count in (
        ({"district": "310104"}, 1),
        ({"class_id": str(first.class_id)}, 2),
        ({"credit_code": "91310115MA1K12345X"}, 3),
        ({"project_code": "P3"}, 3),
        ({"issued_since": "2026-06-02"}, 1),
        ({"issued_until": "2026-06-01"}, 2),
        ({"reissued": "true"}, 1),
        ({"reason_code": "false_training"}, 1),
        ({"number": qualification["number"]}, 1),
        ({"number": qualification["identifier"].lower()}, 1),
    ):
        assert len(await pages(office, "/cert/v1/certificates", office.centre, **params)) == count, params
        assert await exported(office, "/cert/v1/certificates", **params) == count, params
    [found] = await pages(office, "/cert/v1/certificates", office.centre, number=qualification["number"])
    assert found["number"] == second["number"]
    [last, *_] = await pages(office, "/cert/v1/certificates", office.centre, sort="-issued_on")
    assert last["institution"]["district"] == "310104"


async def test_the_ledger_tells_each_issue_reissue_and_revocation(office):
    event = await office.complete()
    second = (await office.reissue((await office.certificates(event))["training_completion"])).json()
    await office.revoke(second)
    await office.complete(district="310104", who="other_trainee")
    lines = await pages(office, "/cert/v1/certificate-ledger", office.centre, district="310115")
    assert [(line["entry"], line["reason_code"]) for line in lines] == [
        ("revoked", "clerical_error"),
        ("reissued", "lost"),
        ("issued", None),
    ]
    assert {line["masked_name"] for line in lines} == {"张*"}
    [line] = await pages(office, "/cert/v1/certificate-ledger", office.centre, entry="reissued")
    assert (line["number"], line["actor"] != "") == (second["number"], True)
    assert await exported(office, "/cert/v1/certificate-ledger", since="2026-06-01", until="2026-06-01") == 4
    other = office.as_(Role.DISTRICT_OFFICER, district="310104")
    assert len(await pages(office, "/cert/v1/certificate-ledger", other)) == 1


async def test_a_citizen_takes_the_own_list_away_as_a_file(office):
    await office.complete()
    await office.complete(who="other_trainee")
    file = await office.http.get("/cert/v1/certificates/export", headers=office.as_(Role.CITIZEN, "trainee"))
    assert file.text.count("\r\n") == 2
    assert "张三丰" not in file.text


async def test_one_evaluation_is_read_with_its_etag(office):
    evaluation = await office.evaluation_of(await office.complete())
    answer = await office.http.get(f"/cert/v1/evaluations/{evaluation['id']}", headers=office.centre)
    assert answer.json() == evaluation
    assert answer.headers["etag"] == '"1"'
