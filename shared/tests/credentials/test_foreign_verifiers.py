"""Verifiers that nobody here wrote find what ours find: good, tampered, wrong key, revoked, expired list."""

import json
import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from chuangpei.credentials import did_web
from chuangpei.kernel.clock import SystemClock
from chuangpei.testing.credentials import DID, INDEX, SIGNERS, Office

SOURCES = Path(__file__).with_name("verifiers")
PLACE = Path(__file__).parents[3] / ".cache" / "foreign-verifiers"
FILES = ("package.json", "package-lock.json", ".npmrc", "verify.mjs")


@pytest.fixture(scope="module")
def verifiers() -> Path:
    """The verifiers, installed once as their lock file says."""
    npm = shutil.which("npm")
    if npm is None and os.environ.get("REQUIRE_NODE") == "1":
        pytest.fail("npm is not installed")
    if npm is None:
        pytest.skip("npm is not installed: the foreign verifiers of credentials are left out")
    lock = (SOURCES / "package-lock.json").read_bytes()
    done = PLACE / "installed"
    if not done.exists() or done.read_bytes() != lock:
        PLACE.mkdir(parents=True, exist_ok=True)
        for name in FILES[:3]:
            shutil.copy(SOURCES / name, PLACE)
        subprocess.run([npm, "ci", "--silent"], cwd=PLACE, check=True, timeout=240)
        done.write_bytes(lock)
    shutil.copy(SOURCES / "verify.mjs", PLACE)
    return PLACE


@pytest.fixture
def office() -> Office:
    """Its list is current by the real clock, the only one that the foreign status check looks at."""
    made = Office(SIGNERS["Ed25519"]("2026-1"))
    made.publish(SystemClock().now())
    return made


def found(verifiers: Path, office: Office, *carriers: object) -> list[dict[str, Any]]:
    """What the foreign verifiers say of each carrier, without a network."""
    keys = [office.signer.public, *office.others.values()]
    asked = {
        "carriers": carriers,
        "did_document": did_web.document(DID, keys),
        "jwks": [key.jwk() for key in keys],
        "status_list": next(iter(office.lists.values()), None),
        "now": str(SystemClock().now()),
    }
    answer = subprocess.run(
        ["node", "verify.mjs"],
        cwd=verifiers,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    told: list[dict[str, Any]] = json.loads(answer.stdout)
    return told


def test_they_find_a_good_certificate_good(verifiers: Path, office: Office) -> None:
    credential, jwt = found(verifiers, office, office.credential(), office.jwt())
    assert credential == {"verified": True, "status_verified": True, "revoked": False, "error": ""}
    assert jwt == {"verified": True, "says": office.document()}


def test_they_find_a_tampered_one_false(verifiers: Path, office: Office) -> None:
    tampered = office.credential() | {"name": "另一证书"}
    head, payload, signature = office.jwt().split(".")
    credential, jwt = found(verifiers, office, tampered, f"{head}.{payload[:-2]}Q.{signature}")
    assert not credential["verified"]
    assert not jwt["verified"]


def test_they_find_one_of_another_key_false(verifiers: Path, office: Office) -> None:
    forger = Office(SIGNERS["Ed25519"]("2026-1"))
    credential, jwt = found(verifiers, office, forger.credential(), forger.jwt())
    assert not credential["verified"]
    assert not jwt["verified"]


def test_they_find_a_revoked_one_revoked(verifiers: Path, office: Office) -> None:
    office.revoked.add(INDEX)
    office.publish(SystemClock().now())
    (credential,) = found(verifiers, office, office.credential())
    assert credential["revoked"] is True


def test_they_take_no_word_of_an_expired_list(verifiers: Path, office: Office) -> None:
    office.publish(SystemClock().now() - timedelta(days=2))
    (credential,) = found(verifiers, office, office.credential())
    assert not credential["status_verified"]


def test_they_read_what_a_former_key_signed(verifiers: Path, office: Office) -> None:
    old = office.credential(), office.jwt()
    former, office.signer = office.signer, SIGNERS["Ed25519"]("2027-1")
    office.others = {former.public.key_id: former.public}
    office.publish(SystemClock().now())
    assert [one["verified"] for one in found(verifiers, office, *old)] == [True, True]
