"""A certificate is signed from the moment it is issued: its holder takes it away, anyone checks it."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from chuangpei.auth import Role
from chuangpei.credentials import data_integrity, did_web
from chuangpei.credentials.checking import Carrier, Checker, Issuer, Verdict
from chuangpei.credentials.documents import canonical, read

CARRIERS = ["credential", "credential.jwt", "code", "document.pdf"]
every_carrier = pytest.mark.parametrize("carrier", CARRIERS)


@pytest.fixture
async def issued(office):
    """A 培训结业证书 just issued."""
    event = await office.complete()
    return next(iter((await office.certificates(event)).values()))


async def carried(office, certificate, carrier, by=None):
    return await office.http.get(
        f"/cert/v1/certificates/{certificate['number']}/{carrier}",
        headers=by or office.as_(Role.CITIZEN, "trainee"),
    )


async def checked(office, content):
    answer = await office.http.post("/cert/v1/checks", content=content)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def without_credentials(office):
    """As it was before certificates were signed."""
    await office.sql("ALTER TABLE credentials DISABLE TRIGGER USER")
    await office.sql("DELETE FROM credentials")


@every_carrier
async def test_the_holder_takes_it_away_in_each_carrier_and_anyone_finds_it_good(office, issued, carrier):
    taken = await carried(office, issued, carrier)
    assert taken.status_code == 200
    found = await checked(office, taken.content)
    assert (found["verdict"], found["number"], found["holder"]) == ("valid", issued["number"], "张三丰")
    assert found["issued_on"] == "2026-06-01"
    assert found["registered"]["status"] == "valid"


@every_carrier
async def test_once_it_is_revoked_the_very_next_check_says_so(office, issued, carrier):
    taken = await carried(office, issued, carrier)
    assert (await checked(office, taken.content))["verdict"] == "valid"
    await office.revoke(issued)
    found = await checked(office, taken.content)
    assert (found["verdict"], found["registered"]["status"]) == ("revoked", "revoked")


@every_carrier
async def test_a_revoked_certificate_is_carried_no_more(office, issued, carrier):
    await office.revoke(issued)
    assert (await carried(office, issued, carrier)).status_code == 404


@every_carrier
@pytest.mark.parametrize("who", ["other_trainee", "scorer"])
async def test_another_citizen_gets_none(office, issued, carrier, who):
    assert (await carried(office, issued, carrier, office.as_(Role.CITIZEN, who))).status_code == 404


async def test_the_city_centre_may_hand_it_out(office, issued):
    assert (await carried(office, issued, "credential", office.centre)).status_code == 200


async def test_the_same_credential_is_shown_each_time(office, issued):
    first = await carried(office, issued, "credential")
    office.clock.advance(days=3)
    assert (await carried(office, issued, "credential")).content == first.content


async def test_it_is_checked_offline_with_what_the_platform_gave_out_before(office, issued):
    taken = read((await carried(office, issued, "credential")).content)
    bundle = (await office.http.get("/cert/v1/trust")).json()
    (trusted,) = bundle["issuers"]
    document = trusted["did_document"]
    issuer = Issuer(document["id"], did_web.keys_in(document), trusted["status_url"])
    lists = {one["id"]: one for one in bundle["status_lists"]}
    checker = Checker({issuer.did: issuer}, lists.get)
    now = office.clock.now()
    assert checker.check(canonical(taken), now).verdict is Verdict.VALID
    assert checker.check(canonical(taken), now + timedelta(hours=2)).verdict is Verdict.STATUS_UNKNOWN


async def test_the_did_document_is_the_one_that_the_credential_names(office, issued):
    taken = (await carried(office, issued, "credential")).json()
    document = (await office.http.get("/cert/did.json")).json()
    assert taken["issuer"]["id"] == document["id"] == "did:web:chuangpei.example:cert"
    assert taken["proof"]["verificationMethod"] in document["assertionMethod"]


async def test_a_status_list_is_signed_and_hides_each_among_a_million(office, issued):
    taken = (await carried(office, issued, "credential")).json()
    url = taken["credentialStatus"]["statusListCredential"]
    answer = await office.http.get(url.removeprefix("https://chuangpei.example"))
    listed = answer.json()
    assert listed["id"] == url
    assert data_integrity.is_intact(listed, office.service.issuer.keys.signer.public)
    assert answer.headers["cache-control"] == "public, max-age=60"


@pytest.mark.parametrize("number", ["2", "0", "-1", "99999999999999999999"])
async def test_a_status_list_that_is_none_is_not_found(office, number):
    assert (await office.http.get(f"/cert/v1/status-lists/{number}")).status_code == 404


async def test_the_places_of_neighbours_follow_from_nothing(office):
    places = set()
    for _ in range(12):
        event = await office.complete()
        (certificate,) = (await office.certificates(event)).values()
        taken = (await carried(office, certificate, "credential", office.centre)).json()
        places.add(int(taken["credentialStatus"]["statusListIndex"]))
    assert len(places) == 12
    gaps = [abs(one - other) for one in places for other in places if one != other]
    assert max(gaps) > 10_000


async def test_the_picture_of_the_code_holds_the_code(office, issued):
    picture = await carried(office, issued, "code.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.content.startswith(b"<?xml")


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"\x00\xff", b"eyJhbGciOiJub25lIn0.e30.", b"CPC1:00", b'{"a": 1, "a": 2}', b"[" * 100_000],
)
async def test_what_is_no_carrier_is_told_so_and_nothing_fails(office, content):
    found = await checked(office, content)
    assert found["verdict"] == "malformed"
    assert found["detail"]
    assert found["registered"] is None


async def test_a_carrier_too_large_is_refused(office):
    answer = await office.http.post("/cert/v1/checks", content=b"x" * 300_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_nothing_of_the_register_is_told_where_the_signature_is_false(office, issued):
    taken = (await carried(office, issued, "credential")).json() | {"name": "另一证书"}
    found = await checked(office, canonical(taken))
    assert (found["verdict"], found["number"], found["registered"]) == ("altered", None, None)


async def test_a_certificate_of_before_is_signed_when_it_is_first_taken_away(office, issued):
    await without_credentials(office)
    first = await carried(office, issued, "credential")
    assert first.status_code == 200
    assert (await carried(office, issued, "credential")).content == first.content


async def test_two_who_take_it_away_at_once_get_the_same(office, issued):
    await without_credentials(office)
    taken = await asyncio.gather(*(carried(office, issued, "credential") for _ in range(8)))
    assert len({one.content for one in taken}) == 1


async def test_a_full_list_is_followed_by_the_next(office, issued, monkeypatch):
    monkeypatch.setattr("cert_svc.credentials.use_cases.secrets.randbelow", lambda _: 7)
    lists = []
    for _ in range(3):
        (certificate,) = (await office.certificates(await office.complete())).values()
        taken = (await carried(office, certificate, "credential", office.centre)).json()
        lists.append(taken["credentialStatus"]["id"].rpartition("/")[2])
    assert lists == ["1#7", "2#7", "3#7"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE credentials SET status_index = status_index + 1",
        "UPDATE credentials SET withdrawn_at = NULL",
        "DELETE FROM credentials",
        "DELETE FROM status_lists",
        "UPDATE status_lists SET entries = 131072",
        "UPDATE status_lists SET revision = revision",
    ],
)
async def test_the_database_lets_nobody_undo_a_credential_or_a_list(office, issued, change):
    with pytest.raises(asyncpg.RestrictViolationError):
        await office.sql(change)


async def test_a_withdrawn_credential_stays_withdrawn(office, issued):
    await office.revoke(issued)
    with pytest.raises(asyncpg.RestrictViolationError):
        await office.sql("UPDATE credentials SET withdrawn_at = now() - interval '1 day'")


async def test_the_name_is_in_the_database_in_no_clear_form(office, issued):
    stored = (await office.sql("SELECT document_encrypted FROM credentials"))[0][0]
    assert "张三丰" not in stored
    assert issued["number"] not in stored


def test_the_carriers_tried_here_are_all_there_are():
    assert len(CARRIERS) == len(Carrier)


async def test_the_vocabularies_are_served_for_readers_without_the_open_internet(office):
    for name in ("credentials-v2.jsonld", "open-badges-3.0.3.jsonld"):
        answer = await office.http.get(f"/cert/contexts/{name}")
        assert "@context" in answer.json()
    assert (await office.http.get("/cert/contexts/..%2Fdid_web.py")).status_code == 404
