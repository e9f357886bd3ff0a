"""A service that starts imports only what it will use."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        (
            "chuangpei.service",
            [
                "alembic",
                "aiokafka",
                "joserfc",
                "httpx",
                "uvicorn",
                "chuangpei.bus.kafka",
                "chuangpei.bus.postgres",
            ],
        ),
        ("chuangpei.web", ["alembic", "aiokafka", "joserfc", "httpx", "uvicorn"]),
        ("chuangpei.bus.postgres", ["aiokafka", "fastapi"]),
        ("chuangpei.command_line", ["alembic", "fastapi", "pydantic", "sqlalchemy", "uvicorn"]),
        ("chuangpei.kernel.clock", ["pydantic", "fastapi", "sqlalchemy", "asyncpg"]),
    ],
)
def test_what_is_slow_and_not_needed_at_the_start_is_not_imported(module: str, unwanted: list[str]) -> None:
    program = f"import sys, {module}; print([name for name in {unwanted} if name in sys.modules])"

    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"
