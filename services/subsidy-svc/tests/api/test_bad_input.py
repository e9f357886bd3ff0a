"""Bad input gets a clear refusal and changes nothing."""

import pytest
from chuangpei.testing.api import key

CARD = {"kind": "social_security_card"}
OTHER = {
    "kind": "other",
    "bank": "中国工商银行",
    "account_number": "6217001234567890",
    "holder_name": "张三丰",
    "reason": "社保卡金融账户未激活",
}


@pytest.fixture
async def send(office):
    certificate = await office.certificate()

    async def send(content=None, headers=None, **changes):
        body = office.claim_body(certificate) | changes
        body = {name: value for name, value in body.items() if value is not ...}
        given = {"json": body} if content is None else {"content": content}
        signed = office.citizen() | (key() if headers is None else headers)
        answer = await office.http.post(
            "/subsidy/v1/claims", headers={"content-type": "application/json"} | signed, **given
        )
        if answer.status_code != 201:
            assert await office.sql("SELECT 1 FROM claims") == []
            assert await office.sql("SELECT 1 FROM idempotency_keys") == []
        return answer

    return send


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"amount_fen": 1}, "/amount_fen"),
        ({"person_key": "x"}, "/person_key"),
        ({"certificate_id": ...}, "/certificate_id"),
        ({"certificate_id": "7"}, "/certificate_id"),
        ({"certificate_id": None}, "/certificate_id"),
        ({"enterprise_credit_code": "91310115MA1K4XY10X"}, "/enterprise_credit_code"),
        ({"enterprise_credit_code": "9131"}, "/enterprise_credit_code"),
        ({"enterprise_credit_code": "9" * 100}, "/enterprise_credit_code"),
        ({"account": ...}, "/account"),
        ({"account": {"kind": "cash"}}, "/account"),
        ({"account": CARD | {"account_number": "1"}}, "/account/social_security_card/account_number"),
        ({"account": OTHER | {"account_number": "62170012 34567890"}}, "/account/other/account_number"),
        ({"account": OTHER | {"account_number": "=1+1"}}, "/account/other/account_number"),
        ({"account": OTHER | {"bank": "=HYPERLINK()"}}, "/account/other/bank"),
        ({"account": OTHER | {"bank": "工行\n二"}}, "/account/other/bank"),
        ({"account": OTHER | {"holder_name": "@张三"}}, "/account/other/holder_name"),
        ({"account": OTHER | {"reason": " "}}, "/account/other/reason"),
    ],
)
async def test_each_wrong_field_is_named_in_both_languages(send, changes, pointer):
    answer = await send(**changes)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "invalid_input"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_the_reason_comes_in_the_language_asked_for(send):
    chinese = await send(enterprise_credit_code="91310115MA1K4XY10X")
    english = await send(
        enterprise_credit_code="91310115MA1K4XY10X", headers=key() | {"accept-language": "en"}
    )
    assert chinese.json()["errors"][0]["message"] == "统一社会信用代码的校验码不正确"
    assert "check character" in english.json()["errors"][0]["message"]


@pytest.mark.parametrize("content", [b"{", b"", b"\xff\xfe", b"[]", b"null", b'"x"', b'{"certificate_id": }'])
async def test_broken_json_is_refused(send, content):
    assert (await send(content)).status_code in (400, 422)


async def test_an_oversized_body_is_refused(send):
    answer = await send(b'{"certificate_id": "' + b"a" * 300_000 + b'"}')
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("headers", [{}, {"idempotency-key": ""}, {"idempotency-key": "x" * 201}])
async def test_a_claim_needs_an_idempotency_key(send, headers):
    answer = await send(headers=headers)
    assert answer.status_code == 422


async def test_an_oversized_bank_file_is_refused(office):
    answer = await office.bank_answers({"id": "01977777-7777-7777-8777-777777777777"}, b"x" * 34_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_a_text_the_database_cannot_hold_is_refused(office):
    claim = await office.accepted()
    answer = await office.step(claim, "reject", "acceptor", {"reason": "无效\x00字符"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert await office.state_of(claim) == "accepted"


@pytest.mark.parametrize("reason", ["", " ", "x", "长" * 501, None, 5])
async def test_a_rejection_says_why(office, reason):
    claim = await office.submitted()
    answer = await office.step(claim, "reject", "acceptor", {"reason": reason})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/reason")


@pytest.mark.parametrize(
    "path", ["/windows", "/claims", "/notices", "/batches", "/recoveries", "/objections"]
)
@pytest.mark.parametrize(
    "params",
    [{"cursor": "nonsense"}, {"cursor": "WzFd"}, {"cursor": "WyJhIl0"}, {"limit": "0"}, {"limit": "201"}],
)
async def test_a_list_is_asked_for_properly(office, path, params):
    headers = {
        "/windows": office.citizen(),
        "/objections": office.officer(),
        "/notices": {},
    }.get(path, office.city)
    answer = await office.http.get(f"/subsidy/v1{path}", params=params, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("path", ["/claims/7", "/notices/7", "/batches/7", "/claims/7/accept"])
async def test_an_id_that_is_none_is_refused(office, path):
    method = "POST" if path.endswith("accept") else "GET"
    headers = office.officer() | {"if-match": '"1"'}
    answer = await office.http.request(method, f"/subsidy/v1{path}", headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize("state", ["lost", "", "PAID"])
async def test_an_unknown_state_is_refused(office, state):
    answer = await office.http.get("/subsidy/v1/claims", params={"state": state}, headers=office.city)
    assert answer.status_code == 422
