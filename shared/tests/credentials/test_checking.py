"""One fact in every carrier: it checks good, and nothing else does."""

import json
from datetime import timedelta
from typing import Any

import pytest
from chuangpei.credentials import compact, data_integrity
from chuangpei.credentials.checking import REASONS, Verdict
from chuangpei.credentials.documents import canonical
from chuangpei.credentials.encoding import base64url, from_base64url
from chuangpei.testing.credentials import DID, INDEX, NOW, SIGNERS, Office

TEXTS = ["credential", "jwt", "paper"]
every_carrier = pytest.mark.parametrize("carrier", [*TEXTS, "pdf"])
every_text = pytest.mark.parametrize("carrier", TEXTS)
"""Changing a PDF is looked at in test_pdf.py."""


@every_carrier
def test_what_the_issuer_signed_is_valid_and_says_what_it_attests(office: Office, carrier: str) -> None:
    found = office.check(office.carriers()[carrier])
    assert (found.verdict, found.carrier) == (Verdict.VALID, carrier)
    assert "张三丰" in json.dumps(found.says, ensure_ascii=False)
    assert "SH2026H56SDTZKS60A" in json.dumps(found.says)


@every_carrier
def test_a_revoked_one_is_told_to_be_revoked(office: Office, carrier: str) -> None:
    office.revoked.add(INDEX)
    office.publish()
    assert office.check(office.carriers()[carrier]).verdict is Verdict.REVOKED


@every_carrier
def test_the_revocation_of_its_neighbours_leaves_it_valid(office: Office, carrier: str) -> None:
    office.revoked |= {INDEX - 1, INDEX + 1, INDEX ^ 7}
    office.publish()
    assert office.check(office.carriers()[carrier]).verdict is Verdict.VALID


@every_carrier
def test_without_a_status_list_nobody_says_that_it_is_valid(office: Office, carrier: str) -> None:
    office.lists.clear()
    assert office.check(office.carriers()[carrier]).verdict is Verdict.STATUS_UNKNOWN


@every_carrier
@pytest.mark.parametrize("hours", [1, 24])
def test_an_expired_status_list_says_nothing_any_more(office: Office, carrier: str, hours: int) -> None:
    later = NOW + timedelta(hours=hours)
    assert office.check(office.carriers()[carrier], later).verdict is Verdict.STATUS_UNKNOWN


@every_carrier
def test_a_status_list_that_somebody_else_signed_says_nothing(office: Office, carrier: str) -> None:
    forger = Office(SIGNERS["Ed25519"]("2026-1"))
    office.lists.update({url: forger.publish() for url in office.lists})
    assert office.check(office.carriers()[carrier]).verdict is Verdict.STATUS_UNKNOWN


@every_carrier
def test_what_an_unknown_key_signed_is_refused(office: Office, carrier: str) -> None:
    stranger = Office(SIGNERS["Ed25519"]("2031-9"))
    assert office.check(stranger.carriers()[carrier]).verdict is Verdict.UNKNOWN_SIGNER


@every_text
def test_what_another_key_signed_under_the_issuers_name_is_refused(office: Office, carrier: str) -> None:
    forger = Office(SIGNERS["Ed25519"]("2026-1"))
    assert office.check(forger.carriers()[carrier]).verdict in (Verdict.ALTERED, Verdict.MALFORMED)


@every_carrier
def test_what_a_former_key_signed_stays_good_after_the_change_of_keys(office: Office, carrier: str) -> None:
    old = office.carriers()[carrier]
    former, office.signer = office.signer, SIGNERS["Ed25519"]("2027-1")
    office.others = {former.public.key_id: former.public}
    office.publish()
    assert office.check(old).verdict is Verdict.VALID
    assert office.check(office.carriers()[carrier]).verdict is Verdict.VALID


@every_text
def test_every_single_changed_byte_is_noticed(office: Office, carrier: str) -> None:
    good = office.carriers()[carrier]
    for place in range(0, len(good), 7):
        changed = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
        assert office.check(changed).verdict is not Verdict.VALID, place


def test_a_member_added_or_taken_away_is_noticed(office: Office) -> None:
    document = office.credential()
    without = {name: value for name, value in document.items() if name != "credentialStatus"}
    for changed in (document | {"refreshService": {}}, without):
        assert office.check(canonical(changed)).verdict is Verdict.ALTERED


def test_another_order_of_members_changes_nothing(office: Office) -> None:
    turned = dict(reversed(office.credential().items()))
    assert office.check(json.dumps(turned, indent=3).encode()).verdict is Verdict.VALID


def test_a_proof_made_for_another_context_is_noticed(office: Office) -> None:
    document = office.credential()
    document["proof"]["@context"] = ["https://www.w3.org/ns/credentials/v2"]
    assert office.check(canonical(document)).verdict is Verdict.ALTERED


@pytest.mark.parametrize("purpose", ["authentication", "keyAgreement"])
def test_a_proof_for_another_purpose_is_refused(office: Office, purpose: str) -> None:
    document = office.credential()
    document["proof"]["proofPurpose"] = purpose
    assert office.check(canonical(document)).verdict is Verdict.MALFORMED


def test_a_credential_that_is_not_good_yet_or_no_more_is_told_so(office: Office) -> None:
    later = canonical(office.credential(validFrom="2026-06-01T04:00:01Z"))
    past = canonical(office.credential(validUntil="2026-06-01T04:00:00Z"))
    assert office.check(later).verdict is Verdict.NOT_IN_TIME
    assert office.check(past).verdict is Verdict.NOT_IN_TIME


def test_a_key_signs_only_for_the_issuer_it_belongs_to(office: Office) -> None:
    """Who may issue in one place is not trusted in the name of another."""
    document = office.document() | {"issuer": {"id": "did:web:elsewhere.example", "type": ["Profile"]}}
    assert office.check(canonical(data_integrity.secured(document, office.signer, DID, NOW))).verdict is (
        Verdict.UNKNOWN_SIGNER
    )


def retold(token: str, **header: Any) -> str:
    """The token with another header, its signature as it was."""
    head, payload, signature = token.split(".")
    told = json.loads(from_base64url(head)) | header
    return f"{base64url(canonical(told))}.{payload}.{signature}"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256", "ES256", "", None, 7, ["EdDSA"]])
def test_a_jwt_of_another_algorithm_is_refused(office: Office, algorithm: object) -> None:
    assert office.check(retold(office.jwt(), alg=algorithm).encode()).verdict is Verdict.MALFORMED


def test_an_unsigned_jwt_is_refused(office: Office) -> None:
    token = retold(office.jwt(), alg="none").rpartition(".")[0] + "."
    assert office.check(token.encode()).verdict is Verdict.MALFORMED


@pytest.mark.parametrize("header", [{"typ": "JWT"}, {"crit": ["exp"]}, {"kid": None}, {"kid": "no-did"}])
def test_a_jwt_that_is_no_credential_is_refused(office: Office, header: dict[str, Any]) -> None:
    assert office.check(retold(office.jwt(), **header).encode()).verdict is Verdict.MALFORMED


def test_the_algorithm_of_the_key_decides_not_the_one_of_the_token(office: Office) -> None:
    for algorithm in set(compact.ALGORITHMS.values()) - {compact.ALGORITHMS[office.signer.public.algorithm]}:
        assert office.check(retold(office.jwt(), alg=algorithm).encode()).verdict is Verdict.ALTERED


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"eyJ",
        b"eyJ.eyJ.eyJ",
        b"CPC1:",
        b"CPC1:%%%",
        b"SH2026H56SDTZKS60A",
    ],
)
def test_what_is_no_carrier_is_refused_clearly(office: Office, content: bytes) -> None:
    found = office.check(content)
    assert found.verdict is Verdict.MALFORMED
    assert found.reason.zh
    assert found.detail


def test_every_verdict_has_its_sentence_in_both_languages() -> None:
    assert set(REASONS) == set(Verdict)
    assert all(text.zh and text.en for text in REASONS.values())
