"""Each service is started in the same three ways, and a process does its own part only."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import chuangpei.migrations
import chuangpei.service
import pytest
from chuangpei.command_line import command_of, run
from chuangpei.settings import CommonSettings
from chuangpei.testing.settings import test_settings

DATABASE = "postgresql://unused"
PROXIES = "192.0.2.0/24"


class Told:
    """Stands for the map of a service and for what runs it, and remembers what was asked of them."""

    MIGRATIONS = Path("the migrations")

    def __init__(self) -> None:
        self.of: list[tuple[Any, ...]] = []

    def assemble(self, settings: CommonSettings, /) -> Any:
        return SimpleNamespace(database=settings.database.get_secret_value(), bus="the bus")

    def create_api(self, service: Any, /) -> Any:
        return f"the API on {service.database}"

    def jobs(self, service: Any, /) -> Any:
        return [f"the job on {service.database}"]

    def __call__(self, *given: Any) -> None:
        self.of.append(given)


class Settings(CommonSettings):
    """The settings of a service, read from a given place instead of the environment."""

    def __new__(cls) -> Any:
        return test_settings(CommonSettings, DATABASE, trusted_proxies=PROXIES)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    told = Told()
    monkeypatch.setattr(chuangpei.service, "serve", told)
    monkeypatch.setattr(chuangpei.service, "work", told)
    monkeypatch.setattr(chuangpei.migrations, "upgrade_now", told)
    return told


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["api"], (f"the API on {DATABASE}", "127.0.0.1", 8001, PROXIES)),
        (["api", "--host", "::", "--port", "9"], (f"the API on {DATABASE}", "::", 9, PROXIES)),
        (["worker"], (DATABASE, "the bus", [f"the job on {DATABASE}"])),
        (["migrate"], (DATABASE, Told.MIGRATIONS)),
    ],
)
def test_a_process_does_what_its_command_says_and_nothing_else(
    told: Told, arguments: list[str], asked: tuple[Any, ...]
) -> None:
    run(command_of("training_svc", port=8001, arguments=arguments), Settings, told)

    assert told.of == [asked]


@pytest.mark.parametrize("arguments", [[], ["serve"], ["worker", "--port", "9"], ["api", "--port", "x"]])
def test_who_mistypes_a_command_is_told_the_known_ones(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command_of("training_svc", port=8001, arguments=arguments)

    assert ended.value.code == 2
    assert "usage: training_svc" in capsys.readouterr().err
