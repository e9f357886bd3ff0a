"""An issuer of either algorithm."""

import pytest
from chuangpei.testing.credentials import SIGNERS, Office


@pytest.fixture(params=sorted(SIGNERS))
def office(request: pytest.FixtureRequest) -> Office:
    """An issuer with a current status list."""
    made = Office(SIGNERS[request.param]("2026-1"))
    made.publish()
    return made
