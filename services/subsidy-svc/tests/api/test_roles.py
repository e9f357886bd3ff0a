"""Each role on each route: who may not is refused, and what one may not see is not found (S07, S10)."""

import re

import pytest
from chuangpei.auth import Role
from chuangpei.testing.api import ALL_ROLES, bearer, key, operations

PUBLIC = frozenset(ALL_ROLES) | {None}
CITIZEN, OFFICER, CITY = {Role.CITIZEN}, {Role.DISTRICT_OFFICER}, {Role.CITY_CENTRE}
WATCHERS = {Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR}
OFFICES = OFFICER | WATCHERS
ALLOWED = {
    ("GET", "/subsidy/v1/windows"): CITIZEN,
    ("GET", "/subsidy/v1/windows/export"): CITIZEN,
    ("GET", "/subsidy/v1/windows/{certificate_id}"): CITIZEN,
    ("POST", "/subsidy/v1/claims"): CITIZEN,
    ("POST", "/subsidy/v1/claims/counter"): OFFICER,
    ("GET", "/subsidy/v1/claims"): CITIZEN | OFFICES,
    ("GET", "/subsidy/v1/claims/{claim_id}"): CITIZEN | OFFICES,
    ("POST", "/subsidy/v1/claims/{claim_id}/accept"): OFFICER,
    ("POST", "/subsidy/v1/claims/{claim_id}/approve"): OFFICER,
    ("POST", "/subsidy/v1/claims/{claim_id}/reject"): OFFICER,
    ("POST", "/subsidy/v1/claims/{claim_id}/not-accept"): OFFICER,
    ("POST", "/subsidy/v1/claims/{claim_id}/undo"): OFFICER,
    ("POST", "/subsidy/v1/claims/{claim_id}/amend"): OFFICER,
    ("GET", "/subsidy/v1/claims/{claim_id}/amendments"): OFFICES,
    ("POST", "/subsidy/v1/claims/{claim_id}/ask-supplement"): OFFICER,
    ("POST", "/subsidy/v1/claims/{claim_id}/give-supplement"): CITIZEN,
    ("GET", "/subsidy/v1/claims/{claim_id}/supplements"): CITIZEN | OFFICES,
    ("GET", "/subsidy/v1/claims/{claim_id}/timeline"): CITIZEN | OFFICES,
    ("GET", "/subsidy/v1/claims/{claim_id}/registry-checks"): CITIZEN | OFFICES,
    ("POST", "/subsidy/v1/claims/{claim_id}/check-registries"): OFFICER,
    ("GET", "/subsidy/v1/claims/export"): CITIZEN | OFFICES,
    ("GET", "/subsidy/v1/claims/{claim_id}/risk-signs"): OFFICES,
    ("GET", "/subsidy/v1/risk-signs"): OFFICES,
    ("GET", "/subsidy/v1/risk-signs/export"): OFFICES,
    ("POST", "/subsidy/v1/risk-signs/{sign_id}/note"): OFFICER,
    ("GET", "/subsidy/v1/risk-signs/{sign_id}/amendments"): OFFICES,
    ("GET", "/subsidy/v1/review-queue"): OFFICES,
    ("GET", "/subsidy/v1/review-queue/export"): OFFICES,
    ("POST", "/subsidy/v1/claims/{claim_id}/take"): OFFICER,
    ("POST", "/subsidy/v1/claims/{claim_id}/hand-back"): OFFICER,
    ("POST", "/subsidy/v1/claims/{claim_id}/withdraw"): CITIZEN,
    ("POST", "/subsidy/v1/claims/{claim_id}/account"): CITIZEN,
    ("POST", "/subsidy/v1/claims/{claim_id}/attachments"): CITIZEN | OFFICER,
    ("GET", "/subsidy/v1/claims/{claim_id}/attachments"): CITIZEN | OFFICES,
    ("GET", "/subsidy/v1/claims/{claim_id}/attachments/{attachment_id}"): CITIZEN | OFFICES,
    ("POST", "/subsidy/v1/claim-drafts"): CITIZEN,
    ("GET", "/subsidy/v1/claim-drafts"): CITIZEN,
    ("GET", "/subsidy/v1/claim-drafts/export"): CITIZEN,
    ("GET", "/subsidy/v1/claim-drafts/{draft_id}"): CITIZEN,
    ("POST", "/subsidy/v1/claim-drafts/{draft_id}/save"): CITIZEN,
    ("POST", "/subsidy/v1/claim-drafts/{draft_id}/discard"): CITIZEN,
    ("POST", "/subsidy/v1/claim-drafts/{draft_id}/submit"): CITIZEN,
    ("POST", "/subsidy/v1/claim-drafts/{draft_id}/attachments"): CITIZEN,
    ("GET", "/subsidy/v1/claim-drafts/{draft_id}/attachments"): CITIZEN,
    ("GET", "/subsidy/v1/claim-drafts/{draft_id}/attachments/{attachment_id}"): CITIZEN,
    ("GET", "/subsidy/v1/notices"): PUBLIC,
    ("GET", "/subsidy/v1/notices/{notice_id}"): PUBLIC,
    ("POST", "/subsidy/v1/notices/{notice_id}/objections"): PUBLIC,
    ("GET", "/subsidy/v1/notices/export"): PUBLIC,
    ("GET", "/subsidy/notices"): PUBLIC,
    ("GET", "/subsidy/notices/{notice_id}"): PUBLIC,
    ("GET", "/subsidy/notices/{notice_id}/objection"): PUBLIC,
    ("POST", "/subsidy/notices/{notice_id}/objection"): PUBLIC,
    ("GET", "/subsidy/objection"): PUBLIC,
    ("POST", "/subsidy/objection"): PUBLIC,
    ("GET", "/subsidy/v1/objections/by-receipt"): PUBLIC,
    ("POST", "/subsidy/v1/objections/by-receipt/evidence"): PUBLIC,
    ("GET", "/subsidy/v1/objections"): OFFICES,
    ("GET", "/subsidy/v1/objections/export"): OFFICES,
    ("GET", "/subsidy/v1/objections/{objection_id}"): OFFICES,
    ("GET", "/subsidy/v1/objections/{objection_id}/amendments"): OFFICES,
    ("GET", "/subsidy/v1/objections/{objection_id}/notes"): OFFICES,
    ("GET", "/subsidy/v1/objections/{objection_id}/notes/export"): OFFICES,
    ("GET", "/subsidy/v1/objections/{objection_id}/evidence"): OFFICES,
    ("GET", "/subsidy/v1/objections/{objection_id}/evidence/{evidence_id}"): OFFICES,
    ("POST", "/subsidy/v1/objections/{objection_id}/accept"): OFFICER,
    ("POST", "/subsidy/v1/objections/{objection_id}/not-accept"): OFFICER,
    ("POST", "/subsidy/v1/objections/{objection_id}/investigate"): OFFICER,
    ("POST", "/subsidy/v1/objections/{objection_id}/notes"): OFFICER,
    ("POST", "/subsidy/v1/objections/{objection_id}/uphold"): OFFICER,
    ("POST", "/subsidy/v1/objections/{objection_id}/dismiss"): OFFICER,
    ("POST", "/subsidy/v1/objections/{objection_id}/amend"): OFFICER,
    ("POST", "/subsidy/v1/objections/{objection_id}/unmask"): OFFICER,
    ("POST", "/subsidy/v1/batches"): OFFICER,
    ("GET", "/subsidy/v1/batches"): OFFICES,
    ("GET", "/subsidy/v1/batches/{batch_id}"): OFFICES,
    ("POST", "/subsidy/v1/batches/{batch_id}/seal"): OFFICER,
    ("POST", "/subsidy/v1/batches/{batch_id}/hand-over"): OFFICER,
    ("GET", "/subsidy/v1/batches/export"): OFFICES,
    ("GET", "/subsidy/v1/batches/{batch_id}/lines"): OFFICES,
    ("GET", "/subsidy/v1/batches/{batch_id}/lines/export"): OFFICES,
    ("POST", "/subsidy/v1/batches/{batch_id}/discard"): OFFICER,
    ("POST", "/subsidy/v1/batches/{batch_id}/receive"): CITY,
    ("POST", "/subsidy/v1/batches/{batch_id}/return"): CITY,
    ("GET", "/subsidy/v1/batches/{batch_id}/export.xlsx"): CITY,
    ("POST", "/subsidy/v1/batches/{batch_id}/lines/{line_no}/findings"): CITY,
    ("GET", "/subsidy/v1/batches/{batch_id}/findings"): OFFICES,
    ("GET", "/subsidy/v1/batches/{batch_id}/findings/export"): OFFICES,
    ("POST", "/subsidy/v1/batches/{batch_id}/findings/{finding_id}/confirm"): CITY,
    ("POST", "/subsidy/v1/batches/{batch_id}/findings/{finding_id}/refuse"): CITY,
    ("POST", "/subsidy/v1/claims/{claim_id}/confirm-account"): OFFICER,
    ("POST", "/subsidy/v1/claims/{claim_id}/refuse-account"): OFFICER,
    ("GET", "/subsidy/v1/batches/{batch_id}/export.csv"): CITY,
    ("POST", "/subsidy/v1/batches/{batch_id}/bank-results"): CITY,
    ("GET", "/subsidy/v1/reconciliations"): OFFICES,
    ("GET", "/subsidy/v1/reconciliations/export"): OFFICES,
    ("POST", "/subsidy/v1/reconciliations"): CITY,
    ("GET", "/subsidy/v1/reconciliations/differences"): OFFICES,
    ("GET", "/subsidy/v1/reconciliations/differences/export"): OFFICES,
    ("POST", "/subsidy/v1/reconciliations/differences/{difference_id}/explain"): OFFICER | CITY,
    ("GET", "/subsidy/v1/recoveries"): OFFICES,
    ("GET", "/subsidy/v1/recoveries/export"): OFFICES,
    ("GET", "/subsidy/v1/recoveries/{recovery_id}"): OFFICES,
    ("POST", "/subsidy/v1/recoveries/{recovery_id}/demand"): OFFICER,
    ("POST", "/subsidy/v1/recoveries/{recovery_id}/amend"): OFFICER,
    ("GET", "/subsidy/v1/recoveries/{recovery_id}/amendments"): OFFICES,
    ("POST", "/subsidy/v1/recoveries/{recovery_id}/receipts"): OFFICER,
    ("GET", "/subsidy/v1/recoveries/{recovery_id}/receipts"): OFFICES,
    ("GET", "/subsidy/v1/recoveries/{recovery_id}/receipts/export"): OFFICES,
    ("POST", "/subsidy/v1/recoveries/{recovery_id}/receipts/{receipt_id}/reverse"): OFFICER,
    ("POST", "/subsidy/v1/recoveries/{recovery_id}/propose-waiver"): OFFICER,
    ("POST", "/subsidy/v1/recoveries/{recovery_id}/approve-waiver"): CITY,
    ("POST", "/subsidy/v1/recoveries/{recovery_id}/refuse-waiver"): CITY,
    ("POST", "/subsidy/v1/fault-findings"): OFFICER,
    ("GET", "/subsidy/v1/fault-findings"): OFFICES,
    ("GET", "/subsidy/v1/fault-findings/export"): OFFICES,
    ("GET", "/subsidy/v1/fault-findings/{finding_id}"): OFFICES,
    ("POST", "/subsidy/v1/fault-findings/{finding_id}/confirm"): CITY,
    ("POST", "/subsidy/v1/fault-findings/{finding_id}/refuse"): CITY,
    ("GET", "/subsidy/v1/policy"): PUBLIC,
    ("GET", "/subsidy/v1/claims/{claim_id}/decision"): CITIZEN | OFFICES,
    ("GET", "/subsidy/v1/claims/{claim_id}/explanation"): CITIZEN | OFFICES,
    ("GET", "/subsidy/v1/claims/{claim_id}/explanation.pdf"): CITIZEN | OFFICES,
    ("POST", "/subsidy/v1/claims/{claim_id}/explanation-link"): CITIZEN,
    ("GET", "/subsidy/explanations/{link}"): PUBLIC,
    ("POST", "/subsidy/v1/eligibility-checks"): CITIZEN,
    ("POST", "/subsidy/v1/budgets"): CITY,
    ("GET", "/subsidy/v1/budgets"): OFFICES,
    ("GET", "/subsidy/v1/budgets/export"): OFFICES,
    ("GET", "/subsidy/v1/budgets/{budget_id}"): OFFICES,
    ("POST", "/subsidy/v1/budgets/{budget_id}/amend"): CITY,
    ("GET", "/subsidy/v1/budgets/{budget_id}/amendments"): OFFICES,
    ("GET", "/subsidy/v1/ledger/accounts"): OFFICES,
    ("GET", "/subsidy/v1/ledger/report"): OFFICES,
    ("GET", "/subsidy/v1/ledger/entries"): OFFICES,
    ("GET", "/subsidy/v1/ledger/entries/export"): OFFICES,
    ("GET", "/subsidy/v1/ledger/entries/{entry_id}/lines"): OFFICES,
    ("POST", "/subsidy/v1/proposals"): CITY,
    ("GET", "/subsidy/v1/proposals"): WATCHERS,
    ("GET", "/subsidy/v1/proposals/export"): WATCHERS,
    ("GET", "/subsidy/v1/proposals/{proposal_id}"): WATCHERS,
    ("GET", "/subsidy/v1/proposals/{proposal_id}/effects"): WATCHERS,
    ("GET", "/subsidy/v1/proposals/{proposal_id}/effects/export"): WATCHERS,
    ("POST", "/subsidy/v1/proposals/{proposal_id}/trial"): CITY,
    ("POST", "/subsidy/v1/proposals/{proposal_id}/publish"): CITY,
    ("POST", "/subsidy/v1/proposals/{proposal_id}/withdraw"): CITY,
    ("GET", "/subsidy/v1/platform-pushes"): WATCHERS,
    ("GET", "/subsidy/v1/platform-pushes/export"): WATCHERS,
    ("GET", "/subsidy/v1/platform-pushes/{push_id}"): WATCHERS,
    ("POST", "/subsidy/v1/platform-pushes/resend"): CITY,
    ("POST", "/subsidy/v1/platform-pushes/{push_id}/resend"): CITY,
    ("POST", "/subsidy/v1/platform-pushes/{push_id}/skip"): CITY,
    ("GET", "/subsidy/v1/operations/parked-messages"): WATCHERS,
    ("POST", "/subsidy/v1/operations/parked-messages/{message_id}/replay"): CITY,
    ("POST", "/subsidy/v1/operations/parked-messages/{message_id}/discard"): CITY,
    ("GET", "/subsidy/healthz"): PUBLIC,
    ("GET", "/subsidy/readyz"): PUBLIC,
}
"""Written by hand, so that a route that opens wider than meant is noticed."""

NOBODY = "01977777-7777-7777-8777-777777777777"
BODIES = {
    "proposals": {
        "title": "调整",
        "effective_from": "2026-07-01",
        "changes": [{"parameter": "subsidy_fen", "unit": "fen", "value": 200000, "article": "某文件"}],
    },
    "withdraw": {"reason": "不再推进"},
    "eligibility-checks": {"certificate_id": NOBODY, "enterprise_credit_code": "91310115MA1K4XY10Y"},
    "claims": {
        "certificate_id": NOBODY,
        "enterprise_credit_code": "91310115MA1K4XY10Y",
        "account": {"kind": "social_security_card"},
    },
    "claim-drafts": {"certificate_id": NOBODY},
    "save": {},
    "attachments": {},
    "counter": {
        "certificate_number": "SH2026HNOBODY00000",
        "id_number": "310101198506010013",
        "enterprise_credit_code": "91310115MA1K4XY10Y",
        "account": {"kind": "social_security_card"},
    },
    "account": {"account": {"kind": "social_security_card"}},
    "reject": {"reason": "材料不符"},
    "not-accept": {"reason": "不属于本区受理", "article": "沪人社规〔2025〕30号 一(二)"},
    "undo": {"reason": "认定有误"},
    "amend": {
        "decision_reason": "材料不符",
        "decision_article": "沪人社规〔2025〕30号",
        "reason": "引用有误",
    },
    "ask-supplement": {"missing": [{"field": "role", "text": "请提供股东名册"}]},
    "give-supplement": {"answers": [{"field": "role", "text": "股东名册见附件"}]},
    "hand-back": {"reason": "外出学习"},
    "objections": {"text": "请核实该人员身份"},
    "uphold": {"reason": "经核查属实", "article": "沪人社规〔2025〕30号 一(二)"},
    "dismiss": {"reason": "经核查不实", "article": "沪人社规〔2025〕30号 一(二)"},
    "notes": {"text": "调取工商登记档案"},
    "unmask": {"reason": "向异议人核实情况"},
    "batches": {},
    "budgets": {
        "district": "310120",
        "fund_year": 2026,
        "amount_fen": 1,
        "document_number": "沪财社〔2026〕8号",
        "reason": "年初预算下达",
    },
    "budgets/{budget_id}/amend": {
        "amount_fen": 1,
        "document_number": "沪财社〔2026〕9号",
        "reason": "年中调整",
    },
    "reconciliations": {"district": "310120"},
    "explain": {"note": "误改"},
    "note": {"result": "explained", "note": "经核实为夫妻"},
    "demand": {"document": "浦人社责退〔2026〕3号", "due_on": "2026-12-31"},
    "recoveries/{recovery_id}/amend": {"due_on": "2026-12-31", "reason": "同意分期"},
    "receipts": {"amount_fen": 1, "received_on": "2026-06-01", "reference": "国库 2026-07"},
    "reverse": {"reason": "登记有误"},
    "propose-waiver": {"reason": "无力偿还"},
    "refuse-waiver": {"reason": "不符合条件"},
    "fault-findings": {
        "claim_id": NOBODY,
        "fault": "person_fraud",
        "institution_took_part": False,
        "statement": "经查未参加培训",
    },
    "return": {"reason": "账户信息待核实"},
    "findings": {"result": "settled", "evidence": "经银行对账单核实"},
    "refuse": {"reason": "依据不足"},
    "refuse-account": {"reason": "户名不符"},
    "resend": {"reason": "平台已恢复"},
    "skip": {"reason": "平台无此办件"},
    "replay": {"reason": "登记修复"},
    "discard": {"reason": "登记修复"},
}


FILE = {"name": "a.pdf", "subject": "role"}
QUERIES = {
    "/subsidy/v1/claims/{claim_id}/attachments": FILE,
    "/subsidy/v1/claim-drafts/{draft_id}/attachments": FILE,
    "/subsidy/v1/objections/by-receipt/evidence": FILE,
}
"""What a request needs besides its body; lists refuse what they do not know."""


def headers_of(office, role):
    if role is None:
        return {}
    who = {Role.CITIZEN: "third", Role.DISTRICT_OFFICER: "releaser"}.get(role)
    claims = {"district": "310104"} if role is Role.DISTRICT_OFFICER else {}
    return office.as_(role, who, **claims)


NUMBERED = {"message_id", "entry_id", "line_no"}


def filled(path):
    return re.sub(r"{(\w+)}", lambda name: "999" if name[1] in NUMBERED else NOBODY, path)


def body_of(path):
    """By the whole path below the version, or by its last part."""
    return BODIES.get(path.partition("/v1/")[2], BODIES.get(path.rpartition("/")[2]))


def test_every_route_has_its_line_here(office):
    assert set(operations(office.app)) == set(ALLOWED)


@pytest.mark.parametrize(("method", "path"), ALLOWED, ids=lambda part: part)
async def test_each_role_on_each_route(office, method, path):
    for role in (*ALL_ROLES, None):
        answer = await office.http.request(
            method,
            filled(path),
            params=QUERIES.get(path) if method == "POST" else None,
            json=body_of(path) if method == "POST" else None,
            headers=headers_of(office, role)
            | key()
            | {"if-match": '"1"', "objection-receipt": "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"},
        )
        if role in ALLOWED[method, path]:
            assert answer.status_code in (200, 201, 404) or answer.json()["code"] == "nothing_to_pay", (
                role,
                answer.text,
            )
        else:
            assert answer.status_code == (401 if role is None else 403), (role, answer.text)


@pytest.mark.parametrize(
    "header", [{"authorization": "Bearer nonsense"}, {"authorization": "Basic dGVzdA=="}, bearer("")]
)
async def test_a_token_that_is_none_is_refused(office, header):
    assert (await office.http.get("/subsidy/v1/claims", headers=header)).status_code == 401


async def test_a_citizen_sees_their_own_claims_alone(office):
    own, other = await office.submitted(), await office.submitted(who="partner")
    items = (await office.get("/claims", office.citizen()))["items"]
    assert [item["id"] for item in items] == [own["id"]]
    for path in ("", "/withdraw"):
        method = "POST" if path else "GET"
        answer = await office.http.request(
            method,
            f"/subsidy/v1/claims/{other['id']}{path}",
            headers=office.citizen() | {"if-match": '"1"'},
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_nobody_is_shown_a_full_name_an_id_number_or_an_account(office):
    claim = await office.cleared()
    await office.received()
    person = office.person_key("holder")
    paths = [
        ("/claims", office.officer()),
        (f"/claims/{claim['id']}", office.officer()),
        (f"/claims/{claim['id']}", office.citizen()),
        ("/windows", office.citizen()),
        ("/notices", None),
        ("/batches", office.city),
    ]
    for path, headers in paths:
        answer = await office.http.get(f"/subsidy/v1{path}", headers=headers)
        for secret in ("张三丰", "310101199001010012", "6222021001122334455", person):
            assert secret not in answer.text, path
