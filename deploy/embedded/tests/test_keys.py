"""The secrets of a data folder are made once and readable by their owner alone."""

import multiprocessing
from pathlib import Path

from chuangpei_embedded.configuration import Surroundings, as_environment, service_values
from chuangpei_embedded.keys import FILE, SERVICES, Secrets, kept_secrets


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    made = kept_secrets(tmp_path / "new")
    assert kept_secrets(tmp_path / "new") == made
    assert (tmp_path / "new" / FILE).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "new").iterdir()] == [FILE]


def test_each_folder_and_each_service_has_keys_of_its_own(tmp_path: Path) -> None:
    one, other = kept_secrets(tmp_path / "one"), kept_secrets(tmp_path / "other")
    assert one.person_secret != other.person_secret
    assert len(set(one.keys.values()) | {one.event_key}) == len(SERVICES) + 1


def test_processes_that_start_together_get_the_same_secrets(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        made: list[Secrets] = pool.map(kept_secrets, [tmp_path] * 8)
    assert all(one == made[0] for one in made)


def test_the_environment_says_the_same_as_the_values(tmp_path: Path) -> None:
    around = Surroundings(
        "kafka://127.0.0.1:9092", "http://127.0.0.1:8000", tmp_path / "clock", tmp_path, tmp_path
    )
    values = service_values("subsidy", "postgresql://x", kept_secrets(tmp_path), around)
    environment = as_environment(values)
    assert environment["CHUANGPEI_ENVIRONMENT"] == "embedded"
    assert environment["CHUANGPEI_REGISTRY_URL"] == "http://127.0.0.1:8000/simulators/registry"
    assert environment["CHUANGPEI_KEYS"].startswith('{"k1": "aes256gcm:')
    assert len(environment) == len(values)
