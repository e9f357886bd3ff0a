"""Keys in a folder: used as their names say, and none that others could have read."""

from pathlib import Path

import pytest
from chuangpei.credentials.keystore import BadKey, create, load
from chuangpei.credentials.signing import Algorithm, Keys


def load_made(folder: Path, key_id: str) -> Keys:
    create(folder, key_id)
    return load(folder, key_id)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_key_that_was_made_signs_after_it_is_loaded(tmp_path: Path, algorithm: Algorithm) -> None:
    file = create(tmp_path / "keys", "2026-1", algorithm)
    keys = load(tmp_path / "keys", "2026-1")
    assert file.stat().st_mode & 0o777 == 0o600
    assert keys.signer.public.algorithm is algorithm
    assert keys.public["2026-1"].verifies(b"message", keys.signer.sign(b"message"))


def test_a_retired_key_is_kept_by_its_public_half(tmp_path: Path) -> None:
    old = load_made(tmp_path, "2025-1")
    multibase = old.public["2025-1"].multibase()
    (tmp_path / "2025-1.pem").unlink()
    (tmp_path / "2025-1.pub").write_text(multibase + "\n")
    keys = load_made(tmp_path, "2026-1")
    assert set(keys.public) == {"2025-1", "2026-1"}
    assert keys.public["2025-1"].verifies(b"m", old.signer.sign(b"m"))


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    create(tmp_path, "k").chmod(0o640)
    with pytest.raises(BadKey, match="may read"):
        load(tmp_path, "k")


def test_a_name_is_used_once(tmp_path: Path) -> None:
    create(tmp_path, "k")
    with pytest.raises(FileExistsError):
        create(tmp_path, "k", Algorithm.SM2)
    (tmp_path / "k.pub").write_text("z")
    with pytest.raises(BadKey, match="twice"):
        load(tmp_path, "k")


def test_the_signing_key_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadKey, match="no private key"):
        load(tmp_path / "nowhere", "k")
    create(tmp_path, "other")
    with pytest.raises(BadKey, match="no private key k"):
        load(tmp_path, "k")


@pytest.mark.parametrize("file", ["k.pem", "k.sm2", "k.pub"])
@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\xfe", b"zzzz", b"ab" * 31])
def test_a_file_that_is_no_key_is_named(tmp_path: Path, file: str, content: bytes) -> None:
    create(tmp_path, "good")
    (tmp_path / file).write_bytes(content)
    (tmp_path / file).chmod(0o600)
    with pytest.raises(BadKey, match=file):
        load(tmp_path, "good")
