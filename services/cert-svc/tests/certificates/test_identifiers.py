"""The identifier of an electronic certificate (电子证照标识; GB/T 36904-2018), one for each edition (C06)."""

from datetime import date

import pytest
from cert_svc.certificates.identifier import ROOT, canonical, draw_serial, is_intact, make, of_next_edition

EXAMPLE = "11100000000013338W011.11110000000021135M.20230329701.003.Y"
ANOTHER = "11100000000013338W032.11220000013544541J.2430599.001.F"


@pytest.mark.parametrize("known", [EXAMPLE, ANOTHER])
def test_the_check_character_is_that_of_identifiers_in_use(known):
    type_code, issuer, serial, version, _ = known.split(".")
    assert make(type_code, issuer, serial, int(version)) == known


def test_the_check_character_finds_every_single_wrong_character():
    for position, right in enumerate(EXAMPLE):
        for character in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if right not in (".", character):
                assert not is_intact(EXAMPLE[:position] + character + EXAMPLE[position + 1 :])


@pytest.mark.parametrize(
    "written",
    [
        EXAMPLE.lower(),
        f" {EXAMPLE} ",
        ROOT + EXAMPLE,
        "".join(chr(ord(one) + 0xFEE0) for one in EXAMPLE),
    ],
)
def test_it_is_read_however_people_write_it(written):
    assert canonical(written) == EXAMPLE


@pytest.mark.parametrize(
    "text", ["", ".", EXAMPLE[:-1], EXAMPLE[:-1] + "Z", EXAMPLE + "0", "." * 9000, EXAMPLE + "\x00"]
)
def test_what_can_be_none_is_none(text):
    assert canonical(text) is None


def test_the_next_edition_differs_in_version_and_check_alone():
    following = of_next_edition(EXAMPLE)
    assert following.split(".")[:4] == [*EXAMPLE.split(".")[:3], "004"]
    assert is_intact(following)


def test_serials_of_one_day_follow_from_nothing():
    drawn = {draw_serial(date(2026, 6, 1)) for _ in range(2000)}
    assert len(drawn) == 2000
    assert {serial[:8] for serial in drawn} == {"20260601"}
    assert {len(serial) for serial in drawn} == {22}


async def test_it_names_kind_issuer_day_and_edition_and_not_the_number(office, qualification):
    terms = office.service.law.certificates.on(date(2026, 6, 1))
    type_code, issuer, serial, version, _ = qualification["identifier"].split(".")
    assert type_code == terms.kinds["training_qualification"].type_code
    assert issuer == terms.issuer.credit_code
    assert (serial[:8], version) == ("20260601", "001")
    assert qualification["number"][7:] not in qualification["identifier"]


async def test_each_edition_has_its_own_and_anybody_checks_by_it(office, qualification):
    second = (await office.reissue(qualification)).json()
    assert second["identifier"] == of_next_edition(qualification["identifier"])
    shown = (await office.check(ROOT + second["identifier"].lower())).json()
    assert (shown["number"], shown["status"]) == (second["number"], "valid")
    shown = (await office.check(qualification["identifier"])).json()
    assert (shown["number"], shown["status"], shown["reissued_as"]) == (
        qualification["number"],
        "reissued",
        second["number"],
    )


@pytest.mark.parametrize("asked", [EXAMPLE, EXAMPLE[:-1] + "Z", "1.2", "9" * 5000 + "."])
async def test_a_wrong_one_and_an_unknown_one_get_the_answer_of_a_wrong_number(office, asked):
    expected = (await office.check("SH", **{"x-request-id": "same"})).json()
    answer = await office.check(asked, **{"x-request-id": "same"})
    assert answer.status_code == 404
    assert answer.json() | {"instance": ""} == expected | {"instance": ""}


async def test_the_credential_carries_it_beside_the_holders_name(office, qualification):
    document = (
        await office.http.get(
            f"/cert/v1/certificates/{qualification['number']}/credential", headers=office.centre
        )
    ).json()
    identities = document["credentialSubject"]["identifier"]
    known_by = {one["identityType"]: one["identityHash"] for one in identities}
    assert known_by == {"name": "张三丰", "ext:GBT36904": qualification["identifier"]}
