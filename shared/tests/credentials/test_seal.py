"""Seals in a folder: a key with its certificates, and none that others could have read."""

from pathlib import Path

import pytest
from chuangpei.credentials.documents import Malformed
from chuangpei.credentials.keystore import BadKey
from chuangpei.credentials.keystore import create as create_key
from chuangpei.credentials.seal import as_pem, create, from_pem, load


def test_a_seal_that_was_made_is_loaded_with_its_certificate(tmp_path: Path) -> None:
    file = create(tmp_path / "seals", "2026-1", "发证机构")
    seals = load(tmp_path / "seals", "2026-1")
    assert file.stat().st_mode & 0o777 == 0o600
    assert seals.trusted == {"2026-1": seals.seal.certificates[0]}
    assert from_pem(as_pem(seals.trusted["2026-1"])) == seals.trusted["2026-1"]


def test_a_retired_seal_is_trusted_by_its_certificate(tmp_path: Path) -> None:
    create(tmp_path, "2025-1", "发证机构")
    old = load(tmp_path, "2025-1").trusted["2025-1"]
    (tmp_path / "2025-1.pem").unlink()
    (tmp_path / "2025-1.crt").write_text(as_pem(old))
    create(tmp_path, "2026-1", "发证机构")
    seals = load(tmp_path, "2026-1")
    assert set(seals.trusted) == {"2025-1", "2026-1"}
    assert seals.trusted["2025-1"] == old


def test_the_certificates_of_who_vouches_come_along(tmp_path: Path) -> None:
    create(tmp_path, "authority", "认证机构")
    authority = load(tmp_path, "authority").seal.certificates[0]
    file = create(tmp_path, "2026-1", "发证机构")
    file.write_bytes(file.read_bytes() + as_pem(authority).encode())
    assert load(tmp_path, "2026-1").seal.certificates[1:] == (authority,)


def test_a_seal_that_others_may_read_is_refused(tmp_path: Path) -> None:
    create(tmp_path, "s", "发证机构").chmod(0o644)
    with pytest.raises(BadKey, match="may read"):
        load(tmp_path, "s")


def test_a_name_is_used_once(tmp_path: Path) -> None:
    create(tmp_path, "s", "发证机构")
    with pytest.raises(FileExistsError):
        create(tmp_path, "s", "发证机构")
    (tmp_path / "s.crt").write_text(as_pem(load(tmp_path, "s").trusted["s"]))
    with pytest.raises(BadKey, match="twice"):
        load(tmp_path, "s")


def test_the_current_seal_must_be_there(tmp_path: Path) -> None:
    create(tmp_path, "other", "发证机构")
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BadKey, match="there is no seal s"):
            load(folder, "s")


@pytest.mark.parametrize("name", ["s.pem", "s.crt"])
@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\xfe"])
def test_a_file_that_is_no_seal_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    create(tmp_path, "good", "发证机构")
    (tmp_path / name).write_bytes(content)
    (tmp_path / name).chmod(0o600)
    with pytest.raises(BadKey, match=name):
        load(tmp_path, "good")


def test_a_key_without_a_certificate_or_with_anothers_is_refused(tmp_path: Path) -> None:
    create(tmp_path, "other", "他人")
    anothers = as_pem(load(tmp_path, "other").seal.certificates[0]).encode()
    file = create(tmp_path, "s", "发证机构")
    key = file.read_bytes().partition(b"-----BEGIN CERTIFICATE")[0]
    for content, told in ((key, "no certificate"), (key + anothers, "not the key's")):
        file.write_bytes(content)
        with pytest.raises(BadKey, match=told):
            load(tmp_path, "s")


def test_a_key_that_readers_of_pdf_do_not_know_is_refused(tmp_path: Path) -> None:
    create_key(tmp_path, "s")
    with pytest.raises(BadKey, match="neither RSA nor"):
        load(tmp_path, "s")


@pytest.mark.parametrize(
    "text", ["", "nonsense", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", "证"]
)
def test_a_text_that_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        from_pem(text)
