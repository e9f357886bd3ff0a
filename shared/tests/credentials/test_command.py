"""``chuangpei verify``: a certificate checked on any machine, without a network."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from chuangpei.cli import DOES_NOT_STAND, NO_GOOD, STANDS, main
from chuangpei.credentials import did_web, seal
from chuangpei.credentials.achievement import CONTEXT_FILES, CONTEXTS
from chuangpei.testing.credentials import DID, INDEX, NOW, STATUS_URL, Office

AT = ["--at", NOW.isoformat()]


@pytest.fixture
def trust(office: Office, tmp_path: Path) -> Path:
    return trusted(office, tmp_path)


def trusted(office: Office, folder: Path) -> Path:
    """The trust file as the platform gives it out."""
    bundle: dict[str, Any] = {
        "issuers": [
            {
                "did_document": did_web.document(DID, [office.signer.public]),
                "status_url": STATUS_URL,
                "seals": [seal.as_pem(office.seal.certificates[0])],
            }
        ],
        "status_lists": list(office.lists.values()),
    }
    file = folder / "trust.json"
    file.write_text(json.dumps(bundle))
    return file


@pytest.mark.parametrize("carrier", ["credential", "jwt", "paper", "pdf"])
def test_a_good_certificate_stands_and_what_it_says_is_shown(
    office: Office, trust: Path, tmp_path: Path, carrier: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "certificate"
    file.write_bytes(office.carriers()[carrier])
    assert main(["verify", str(file), "--trust", str(trust), *AT]) == STANDS
    shown = capsys.readouterr().out
    assert "签名有效，未被撤销" in shown
    assert "张三丰" in shown


def test_a_revoked_one_does_not_stand(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office.revoked.add(INDEX)
    office.publish()
    file = tmp_path / "certificate"
    file.write_bytes(office.code().encode())
    trust = trusted(office, tmp_path)
    assert main(["verify", str(file), "--trust", str(trust), *AT, "--json"]) == DOES_NOT_STAND
    assert json.loads(capsys.readouterr().out)["verdict"] == "revoked"


def test_an_old_trust_file_says_nothing_of_revocations(
    office: Office, trust: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "certificate"
    file.write_bytes(office.carriers()["jwt"])
    later = (NOW + timedelta(days=400)).isoformat()
    assert main(["verify", str(file), "--trust", str(trust), "--at", later]) == DOES_NOT_STAND
    assert "无法判断是否被撤销" in capsys.readouterr().out


def test_a_file_that_is_not_there_or_no_trust_is_told(
    trust: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(tmp_path / "nothing"), "--trust", str(trust)]) == NO_GOOD
    for content in (
        "",
        "[]",
        "{}",
        '{"issuers": [1], "status_lists": []}',
        '{"issuers": [{}], "status_lists": []}',
        '{"issuers": [{"did_document": {}, "status_url": "", "seals": "x"}], "status_lists": []}',
        '{"issuers": [{"did_document": {}, "status_url": "", "seals": ["x"]}], "status_lists": []}',
    ):
        bad = tmp_path / "bad.json"
        bad.write_text(content)
        assert main(["verify", str(trust), "--trust", str(bad)]) == NO_GOOD
    assert capsys.readouterr().err


@pytest.mark.parametrize("at", ["yesterday", "2026-06-01T12:00:00"])
def test_a_moment_without_its_zone_is_refused(
    trust: Path, at: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["verify", str(trust), "--trust", str(trust), "--at", at])
    assert ended.value.code == NO_GOOD
    assert "--at" in capsys.readouterr().err


def test_the_command_starts_without_framework_database_or_network() -> None:
    """Nothing it loads could reach out, and it starts quickly."""
    heavy = {"fastapi", "asyncpg", "httpx", "aiokafka", "sqlalchemy", "uvicorn"}
    code = f"import sys, chuangpei.cli; print(sorted(set(sys.modules) & {heavy}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_the_vocabularies_are_at_hand_and_have_every_word_of_a_credential(office: Office) -> None:
    words: set[str] = set()
    for url in CONTEXTS:
        collect(json.loads(CONTEXT_FILES[url].read_text(encoding="utf-8"))["@context"], words)
    used: set[str] = set()
    collect(office.document(), used)
    assert used - {"@context"} <= words


def collect(value: object, names: set[str]) -> None:
    """Every member's name anywhere in a document."""
    if isinstance(value, dict):
        names.update(value)
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        collect(child, names)
