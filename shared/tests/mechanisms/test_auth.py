"""Tokens: only what the issuer signed, for us, for now, and with all that its role needs."""

import base64
import hmac
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from chuangpei.auth import Principal, Role, TokenVerifier
from chuangpei.database import Database
from chuangpei.development import DevelopmentIssuer
from chuangpei.errors import Refused
from chuangpei.service import DEVELOPMENT_ISSUER
from chuangpei.testing.api import bearer, client, key
from chuangpei.testing.miniature_api import create_miniature_api
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

NOTES = "/miniature/v1/notes"
RESIDENT = "11010519491231002X"


def new_key() -> ECKey:
    return ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)


class Issuer:
    """An issuer whose keys can change and that can be away; it counts how often it is asked.

    ``later`` moves the time of its verifiers on by so many seconds.
    """

    def __init__(self, *keys: ECKey | RSAKey) -> None:
        self.keys = list(keys)
        self.asked = 0
        self.failure: Exception | None = None
        self.later = 0.0

    async def fetch(self) -> Any:
        self.asked += 1
        if self.failure:
            raise self.failure
        return KeySet(list(self.keys)).as_dict(private=False)

    def verifier(self) -> TokenVerifier:
        return TokenVerifier(
            "urn:issuer",
            "chuangpei",
            self.fetch,
            lambda number: f"key of {number}",
            real_seconds=lambda: time.time() + self.later,
        )


def claims(**changed: object) -> dict[str, Any]:
    usual: dict[str, object] = {
        "iss": "urn:issuer",
        "aud": "chuangpei",
        "sub": "s-1",
        "role": "city_centre",
        "exp": int(time.time()) + 60,
    }
    return {claim: value for claim, value in (usual | changed).items() if value is not None}


def signed(key: ECKey, **changed: object) -> str:
    return jwt.encode({"alg": "ES256", "kid": key.kid}, claims(**changed), key)


def unsigned(header: dict[str, object], content: object) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, content)
    ]
    return ".".join([*parts, ""])


async def test_a_token_becomes_a_principal_and_is_verified_once() -> None:
    key = new_key()
    issuer = Issuer(key)
    verifier = issuer.verifier()
    token = signed(key, role="district_officer", district="310115", name="王")

    first, second = await verifier.verify(token), await verifier.verify(token)

    assert first == Principal("s-1", Role.DISTRICT_OFFICER, district="310115", name="王")
    assert second is first
    assert issuer.asked == 1


async def test_a_citizen_is_known_by_a_key_and_not_by_the_number() -> None:
    key = new_key()

    principal = await Issuer(key).verifier().verify(signed(key, role="citizen", id_number=RESIDENT))

    assert principal is not None
    assert principal.person_key == f"key of {RESIDENT}"
    assert RESIDENT not in repr(principal).replace(f"key of {RESIDENT}", "")


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "urn:other"},
        {"iss": None},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": None},
        {"exp": int(time.time()) - 1},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": 1e400},
        {"nbf": int(time.time()) + 86_400},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"role": None},
        {"role": "emperor"},
        {"role": "system"},
        {"role": ["city_centre"]},
        {"role": {"city_centre": 1}},
        {"role": "district_officer"},
        {"role": "district_officer", "district": "999999"},
        {"role": "district_officer", "district": ["310115"]},
        {"role": "district_officer", "district": 310115},
        {"role": "citizen"},
        {"role": "citizen", "id_number": "110105194912310021"},
        {"role": "citizen", "id_number": 7},
        {"credit_code": ["91310000MA1FL0XX0X"]},
        {"name": {"family": "王"}},
    ],
    ids=repr,
)
async def test_a_token_that_claims_too_little_or_too_much_is_refused(changed: dict[str, object]) -> None:
    key = new_key()

    assert await Issuer(key).verifier().verify(signed(key, **changed)) is None


async def test_a_token_without_signature_is_refused() -> None:
    key = new_key()
    verifier = Issuer(key).verifier()

    for alg in ("none", "None", "", None, 7, ["none"]):
        assert await verifier.verify(unsigned({"alg": alg, "kid": key.kid}, claims())) is None


async def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused() -> None:
    for public in (new_key(), RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)):
        start = unsigned({"alg": "HS256", "kid": public.kid}, claims()).rstrip(".")
        seal = hmac.digest(public.as_pem(private=False), start.encode(), "sha256")
        token = f"{start}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"

        assert await Issuer(public).verifier().verify(token) is None


async def test_a_token_of_a_key_of_another_kind_or_of_someone_else_is_refused() -> None:
    key, other = new_key(), new_key()
    rsa = RSAKey.generate_key(2048, auto_kid=True)
    verifier = Issuer(key).verifier()

    assert await verifier.verify(jwt.encode({"alg": "ES256", "kid": key.kid}, claims(), other)) is None
    assert await verifier.verify(jwt.encode({"alg": "RS256", "kid": key.kid}, claims(), rsa)) is None


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
async def test_an_rsa_issuer_is_understood(algorithm: str) -> None:
    key = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)

    token = jwt.encode({"alg": algorithm, "kid": key.kid}, claims(), key, algorithms=[algorithm])

    assert await Issuer(key).verifier().verify(token) is not None


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "\0",
        "é.é.é",
        "eyJ9.e30.",
        "x" * 20_000,
        "W10.W10.W10",
        "bnVsbA.bnVsbA.bnVsbA",
        "MQ.MQ.MQ",
    ],
)
async def test_rubbish_is_refused_and_not_an_error(token: str) -> None:
    assert await Issuer(new_key()).verifier().verify(token) is None


async def test_a_tampered_token_is_refused() -> None:
    key = new_key()
    verifier = Issuer(key).verifier()
    header, content, signature = signed(key).split(".")
    richer = base64.urlsafe_b64encode(json.dumps(claims(role="city_bureau")).encode()).decode().rstrip("=")

    assert await verifier.verify(f"{header}.{richer}.{signature}") is None
    assert await verifier.verify(f"{header}.{content}.{signature}") is not None


async def test_a_new_key_of_the_issuer_is_learnt_without_a_restart() -> None:
    old, new = new_key(), new_key()
    issuer = Issuer(old)
    verifier = issuer.verifier()
    assert await verifier.verify(signed(old))
    issuer.keys = [new]
    issuer.later = 6

    assert await verifier.verify(signed(new, sub="s-2"))
    assert await verifier.verify(signed(old, sub="s-3")) is None


async def test_unknown_keys_make_the_issuer_be_asked_once_in_a_while_only() -> None:
    key = new_key()
    issuer = Issuer(key)
    verifier = issuer.verifier()
    for _ in range(50):
        assert await verifier.verify(signed(new_key())) is None
    assert issuer.asked == 1
    issuer.later = 6
    for _ in range(50):
        await verifier.verify(signed(new_key()))
    assert issuer.asked == 2


async def test_a_bad_signature_does_not_make_the_issuer_be_asked() -> None:
    key, thief = new_key(), new_key()
    issuer = Issuer(key)
    verifier = issuer.verifier()
    await verifier.verify(signed(key))
    issuer.later = 6

    await verifier.verify(jwt.encode({"alg": "ES256", "kid": key.kid}, claims(), thief))

    assert issuer.asked == 1


async def test_while_the_issuer_is_away_its_known_keys_stay_good() -> None:
    key = new_key()
    issuer = Issuer(key)
    verifier = issuer.verifier()
    assert await verifier.verify(signed(key))
    issuer.failure = httpx.ConnectError("away")
    issuer.later = 10_000

    assert await verifier.verify(signed(key, sub="s-2", exp=int(time.time()) + 20_000))


@pytest.mark.parametrize("failure", [httpx.ConnectError("away"), ValueError("no json"), TimeoutError()])
async def test_without_any_keys_a_request_is_told_to_come_again(
    failure: Exception,
) -> None:
    key = new_key()
    issuer = Issuer(key)
    issuer.failure = failure
    verifier = issuer.verifier()
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            await verifier.verify(signed(key))
        assert refused.value.refusal.problem.status == 503
    assert issuer.asked == 1

    issuer.failure = None
    issuer.later = 6

    assert await verifier.verify(signed(key))


async def test_a_remembered_token_is_forgotten_when_it_expires() -> None:
    key = new_key()
    issuer = Issuer(key)
    verifier = issuer.verifier()
    token = signed(key)
    assert await verifier.verify(token)
    issuer.later = 61

    assert await verifier.verify(token) is None


async def test_a_remembered_token_of_a_withdrawn_key_is_refused_after_five_minutes() -> None:
    key = new_key()
    issuer = Issuer(key)
    verifier = issuer.verifier()
    token = signed(key, exp=int(time.time()) + 86_400)
    assert await verifier.verify(token)
    issuer.keys = [new_key()]
    issuer.later = 301

    assert await verifier.verify(token) is None


async def test_the_edge_answers_401_403_and_503(dsn: str) -> None:
    key_ = new_key()
    issuer = Issuer(key_)
    async with client(create_miniature_api(Database(dsn), issuer.verifier())) as http:
        issuer.failure = httpx.ConnectError("away")
        away = await http.post(NOTES, json={"text": "a"}, headers=key() | bearer(signed(key_)))
    issuer.failure = None
    async with client(create_miniature_api(Database(dsn), issuer.verifier())) as http:
        nobody = await http.post(NOTES, json={"text": "a"}, headers=key())
        basic = await http.post(NOTES, json={"text": "a"}, headers=key() | {"authorization": "Basic eA=="})
        bad = await http.post(NOTES, json={"text": "a"}, headers=key() | bearer("x.y.z"))
        auditor = bearer(signed(key_, role="auditor"))
        wrong = await http.post(NOTES, json={"text": "a"}, headers=key() | auditor)

    assert (away.status_code, away.json()["code"]) == (503, "unavailable")
    assert away.headers["retry-after"] == "5"
    assert {answer.status_code for answer in (nobody, basic, bad)} == {401}
    assert nobody.headers["www-authenticate"] == "Bearer"
    assert (wrong.status_code, wrong.json()["code"]) == (403, "forbidden")


async def test_the_development_issuer_keeps_its_key_and_its_tokens_over_restarts(tmp_path: Path) -> None:
    first = DevelopmentIssuer(tmp_path / "key.pem")
    token = first.token(Role.CITIZEN, id_number=RESIDENT)
    second = DevelopmentIssuer(tmp_path / "key.pem")

    async def fetch() -> Any:
        return second.jwks()

    verifier = TokenVerifier(DEVELOPMENT_ISSUER, "chuangpei", fetch, str)

    assert await verifier.verify(token)
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600
