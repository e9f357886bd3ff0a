"""Anybody checks a certificate by its number, and learns nothing from a guess (C04, C06)."""

import pytest

SHOWN = {
    "number",
    "identifier",
    "edition",
    "kind",
    "kind_zh",
    "kind_en",
    "holder",
    "institution",
    "project",
    "stage",
    "stage_zh",
    "stage_en",
    "issued_on",
    "status",
    "reissued_as",
    "revoked_on",
}


@pytest.fixture
async def number(office):
    event = await office.complete()
    await office.evaluated(event, 90)
    return (await office.certificates(event))["training_qualification"]["number"]


async def test_it_shows_what_the_paper_shows_and_nothing_else(office, number):
    answer = await office.check(number)
    shown = answer.json()
    assert set(shown) == SHOWN
    assert shown == {
        "number": number,
        "identifier": shown["identifier"],
        "edition": 1,
        "kind": "training_qualification",
        "kind_zh": "培训合格证书",
        "kind_en": "Certificate of qualification",
        "holder": "张*",
        "institution": "浦东创业学院",
        "project": "创业初创期培训",
        "stage": 3,
        "stage_zh": "创业初创期",
        "stage_en": "Starting a business",
        "issued_on": "2026-06-01",
        "status": "valid",
        "reissued_as": None,
        "revoked_on": None,
    }
    assert answer.headers["etag"] == '"1"'


async def test_it_is_found_however_the_number_is_written(office, number):
    written = f"{number[:7]}-{number[7:12]}-{number[12:]}".lower()
    assert (await office.check(written)).json()["number"] == number


def wrong(number):
    other = "0" if number[-1] != "0" else "2"
    return number[:-1] + other


@pytest.mark.parametrize(
    "asked",
    [
        "SH2026H7K3M01X2T0B",  # a fitting check character, never issued
        "SH2026H7K3M01X2T0C",  # a wrong check character
        "SH2026H",
        "%00",
        "%ff%fe",
        "' OR 1=1 --",
        "9" * 5000,
        "证书",
    ],
)
async def test_a_wrong_number_and_an_unknown_one_get_the_same_answer(office, number, asked):
    expected = (await office.check(wrong(number), **{"x-request-id": "same"})).json()
    answer = await office.check(asked, **{"x-request-id": "same"})
    assert answer.status_code == 404
    assert answer.json() | {"instance": ""} == expected | {"instance": ""}
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_answer_no_is_in_the_language_asked_for(office, number):
    assert (await office.check("SH", **{"accept-language": "en"})).json()["title"] == "Not found"
    assert (await office.check("SH")).json()["title"] == "未找到"


async def test_the_documented_view_and_the_answer_agree(office):
    schema = (await office.http.get("/cert/openapi.json")).json()["components"]["schemas"]
    assert set(schema["PublicCertificateView"]["properties"]) == SHOWN
