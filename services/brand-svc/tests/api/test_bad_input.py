"""Bad input is refused with what is wrong and where, and changes nothing."""

from uuid import uuid4

import pytest

CHOICE = {"application_id": str(uuid4()), "tier": "city"}
ROUND = {
    "name": "2026年遴选",
    "opens_on": "2026-07-01",
    "closes_on": "2026-07-31",
    "review_until": "2026-08-15",
    "deliberation_until": "2026-08-31",
    "publication_on": "2026-09-15",
}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"closes_on": "2026-06-30"}, ""),
        ({"opens_on": "2026-02-30"}, "/opens_on"),
        ({"opens_on": None}, "/opens_on"),
        ({"closes_on": "2101-01-01"}, "/closes_on"),
        ({"closes_on": "9999-12-31"}, "/closes_on"),
        ({"name": " "}, "/name"),
        ({"name": "长" * 201}, "/name"),
        ({"secret": 1}, "/secret"),
        ({"review_until": "2026-07-30"}, ""),
        ({"publication_on": None}, "/publication_on"),
    ],
)
async def test_a_round_with_bad_fields(city, change, pointer):
    refused = await city.post("/rounds", city.centre, ROUND | change)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert (await city.get("/rounds")).json()["items"] == []


async def test_a_round_beyond_the_calendar_is_refused_and_leaves_the_next_one_possible(city):
    far = dict.fromkeys(ROUND, "9999-12-31")
    for _ in range(2):
        refused = await city.post("/rounds", city.centre, far)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
    assert (await city.post("/rounds", city.centre, ROUND)).status_code == 201


async def test_reversed_dates_are_named_in_the_language_of_the_reader(city):
    reversed_dates = ROUND | {"closes_on": "2026-06-30"}
    for language, text in (("zh", "日期应按步骤先后排列"), ("en", "The days come in the order of the steps")):
        headers = city.centre | {"accept-language": language}
        [error] = (await city.post("/rounds", headers, reversed_dates)).json()["errors"]
        assert error["message"] == text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/rounds/{}/applications", {"tier": "national", "statement": "申报"}),
        ("/rounds/{}/applications", {"evidence": "无"}),
        ("/rounds/{}/applications", {"tier": "district", "statement": "申报", "credit_code": "他人"}),
        ("/applications/{}/recommend", {"comment": ""}),
        ("/rounds/{}/deliberate", {}),
        ("/rounds/{}/deliberate", {"recognised": [{"application_id": "1", "tier": "city"}]}),
        ("/rounds/{}/deliberate", {"recognised": [{"application_id": str(uuid4())}]}),
        ("/exit-cases/{}/verify", {"founded": "perhaps", "statement": "核实"}),
        ("/exit-cases/{}/verify", {"founded": True}),
        ("/rounds/{}/amend", {"name": "改名"}),
        ("/rounds/{}/deliberate", {"recognised": [CHOICE | {"assessment_id": str(uuid4())}]}),
        ("/rounds/{}/deliberate", {"recognised": [{"tier": "city"}]}),
        ("/assessments/{}/assess", {"outcome": "passed", "comment": "没有佐证"}),
        ("/assessments/{}/assess", {"outcome": "perhaps", "comment": "核实"}),
        ("/assessments/{}/enter", {"statement": "没有数据"}),
        ("/applications/{}/save", {"statement": "x"}),
        ("/applications/{}/save", {"figures": {"trainees": 1}}),
        ("/applications/{}/save", {"evidence": [{"title": "台账", "reference": "档案室"}]}),
        ("/applications/{}/withdraw", {}),
        ("/exit-cases/{}/revoke", {"reason": "x"}),
        ("/exit-cases/{}/dismiss", {}),
    ],
)
async def test_bodies_with_bad_fields(city, path, body):
    headers = {
        "applications": city.institution(),
        "recommend": city.officer(),
        "verify": city.officer(),
        "assess": city.officer(),
        "enter": city.institution(),
        "save": city.institution(),
        "withdraw": city.institution(),
        "amend": city.centre,
    }.get(path.rsplit("/", 1)[1], city.bureau)
    refused = await city.post(path.format(uuid4()), headers, body, version=1)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
    assert refused.json()["errors"]


@pytest.mark.parametrize("code", ["short", "9131O115MA1K35J311", "91310115MA1K35J3111"])
async def test_a_credit_code_without_the_form_of_one(city, code):
    for path, query in ((f"/brands/{code}", {}), ("/signals", {"credit_code": code})):
        refused = await city.get(path, city.bureau, **query)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
        [error] = refused.json()["errors"]
        assert error["pointer"].endswith("credit_code")


async def test_an_early_code_whose_check_fails_may_be_asked_for(city):
    code = "91310115MA1K35J310"  # training-svc may have registered it with an officer's reason (T06)
    assert (await city.get(f"/brands/{code}", city.bureau)).status_code == 404
    assert (await city.get("/signals", city.bureau, credit_code=code)).json()["items"] == []


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/brands", {"district": "310199"}),
        ("/brands", {"tier": "national"}),
        ("/brands", {"limit": 0}),
        ("/brands", {"limit": 201}),
        ("/brands", {"cursor": "not-a-cursor"}),
        ("/brands", {"cursor": "WzFd"}),
        ("/rounds", {"cursor": "WyJub3QtYW4taWQiXQ"}),
        ("/rounds/1", {}),
        ("/exit-cases", {"state": "unknown"}),
        ("/applications", {"round_id": "1"}),
    ],
)
async def test_bad_queries_and_paths(city, path, query):
    refused = await city.get(path, city.bureau, **query)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
    assert refused.headers["content-type"] == "application/problem+json"


async def test_broken_json(city):
    headers = city.centre | {"idempotency-key": "broken-json", "content-type": "application/json"}
    refused = await city.http.post("/brand/v1/rounds", headers=headers, content=b'{"name": ')
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed_json")


async def test_an_oversized_body(city):
    refused = await city.post("/rounds", city.centre, ROUND | {"name": "长" * 600_000})
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


async def test_creating_without_an_idempotency_key(city):
    refused = await city.http.post("/brand/v1/rounds", headers=city.centre, json=ROUND)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/header/Idempotency-Key"]


async def test_a_text_the_database_cannot_hold(city):
    refused = await city.post("/rounds", city.centre, ROUND | {"name": "空\u0000字"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("path", ["/rounds/{}", "/applications/{}", "/exit-cases/{}", "/rounds/{}/list"])
async def test_what_does_not_exist_is_not_found(city, path):
    assert (await city.get(path.format(uuid4()), city.bureau)).status_code == 404


@pytest.mark.parametrize(
    ("path", "who", "body"),
    [
        ("/rounds/{}/amend", "centre", {"name": "改名", "reason": "误写"}),
        ("/assessments/{}/assess", "officer", {"outcome": "absent", "comment": "未参评"}),
        ("/assessments/{}/amend", "officer", {"outcome": "absent", "reason": "误记"}),
        ("/rounds/{}/open", "centre", None),
        ("/rounds/{}/close", "centre", None),
        ("/rounds/{}/publish", "bureau", None),
        (
            "/rounds/{}/deliberate",
            "bureau",
            {"recognised": [{"application_id": str(uuid4()), "tier": "city"}]},
        ),
        ("/rounds/{}/applications", "institution", {"statement": "申报"}),
        ("/applications/{}/save", "institution", {"statement": "申报"}),
        ("/applications/{}/submit", "institution", None),
        ("/applications/{}/discard", "institution", None),
        ("/applications/{}/withdraw", "institution", {"reason": "补充材料"}),
        ("/applications/{}/amend", "officer", {"comment": "改为同意", "reason": "误写"}),
        ("/applications/{}/recommend", "officer", {"comment": "同意"}),
        ("/applications/{}/decline", "officer", {"comment": "不同意"}),
        ("/exit-cases/{}/verify", "officer", {"founded": True, "statement": "属实"}),
        ("/reports/{}/accept", "officer", {"ground": "X4", "outcome": "受理"}),
        ("/reports/{}/decline", "officer", {"outcome": "不受理"}),
        ("/reports/{}/reopen", "officer", {"reason": "误判"}),
        ("/reports/{}/disclose", "officer", {"reason": "核查"}),
        ("/exit-cases/{}/notify", "officer", {"notice": "拟认定属应当退出的情形。"}),
        ("/exit-cases/{}/amend", "officer", {"statement": "更正", "reason": "笔误"}),
        ("/exit-cases/{}/recuse", "officer", {"reason": "亲属任职"}),
        ("/exit-cases/{}/reopen", "bureau", {"reason": "误结案"}),
        ("/my/exit-cases/{}/answer", "institution", {"answer": "不属实"}),
        ("/my/exit-cases/{}/waive", "institution", None),
        ("/exit-cases/{}/return", "bureau", {"reason": "证据不足"}),
        ("/exit-cases/{}/revoke", "bureau", {"reason": "撤销"}),
        ("/exit-cases/{}/dismiss", "bureau", {"reason": "不予撤销"}),
    ],
)
async def test_changing_what_does_not_exist_is_not_found(city, path, who, body):
    headers = getattr(city, who) if who in ("centre", "bureau") else getattr(city, who)()
    answer = await city.post(path.format(uuid4()), headers, body, version=1)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
