"""One address may ask so often and no more, whatever others do, and at no cost that grows."""

import httpx
import pytest
from chuangpei.rate_limit import Allowance, RateLimit
from chuangpei.testing.browser import served
from fastapi import FastAPI, Request

SECOND = 1_000_000_000


class Ticks:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 5 * SECOND

    def __call__(self) -> int:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


def granted(limit: RateLimit, address: str, times: int) -> int:
    return sum(limit.of(address).granted for _ in range(times))


def test_a_minutes_worth_may_be_asked_at_once_and_then_one_by_one(ticks: Ticks) -> None:
    limit = RateLimit(60, ticks)
    assert granted(limit, "192.0.2.1", 100) == 60
    ticks.move(1)
    assert granted(limit, "192.0.2.1", 5) == 1
    ticks.move(10)
    assert granted(limit, "192.0.2.1", 20) == 10
    ticks.move(3600)
    assert granted(limit, "192.0.2.1", 100) == 60


def test_it_tells_what_remains_and_when_to_come_again(ticks: Ticks) -> None:
    limit = RateLimit(3, ticks)
    assert [limit.of("192.0.2.1") for _ in range(4)] == [
        Allowance(3, 2, 20),
        Allowance(3, 1, 40),
        Allowance(3, 0, 60),
        Allowance(3, 0, 60, retry_after=20),
    ]
    ticks.move(19.5)
    assert limit.of("192.0.2.1") == Allowance(3, 0, 41, retry_after=1)
    ticks.move(0.5)
    assert limit.of("192.0.2.1").granted


def test_who_is_refused_does_not_wait_longer_for_having_asked(ticks: Ticks) -> None:
    limit = RateLimit(60, ticks)
    granted(limit, "192.0.2.1", 500)
    ticks.move(1)
    assert limit.of("192.0.2.1").granted


def test_each_address_has_its_own(ticks: Ticks) -> None:
    limit = RateLimit(2, ticks)
    assert granted(limit, "192.0.2.1", 5) == 2
    assert granted(limit, "192.0.2.2", 5) == 2


def test_one_customers_addresses_of_ipv6_are_one(ticks: Ticks) -> None:
    limit = RateLimit(2, ticks)
    assert granted(limit, "2001:db8:0:1::1", 1) == 1
    assert granted(limit, "2001:db8:0:1:ffff::2", 5) == 1
    assert granted(limit, "2001:db8:0:2::1", 5) == 2
    assert granted(limit, "not:an:address", 5) == 2


def test_it_holds_over_the_turn_of_the_minute(ticks: Ticks) -> None:
    """What is owed is remembered when the older half is let go."""
    limit = RateLimit(60, ticks)
    ticks.move(59)
    assert granted(limit, "192.0.2.1", 100) == 60
    ticks.move(2)
    assert granted(limit, "192.0.2.1", 100) == 2


def test_it_never_keeps_more_addresses_than_it_may(ticks: Ticks) -> None:
    limit = RateLimit(1, ticks, most_addresses=100)
    for number in range(1_000):
        assert limit.of(f"192.0.2.{number}").granted
    assert len(limit._clear_at) + len(limit._before) <= 200
    assert not limit.of("192.0.2.999").granted


@pytest.fixture
def app() -> FastAPI:
    made = FastAPI()
    limit = RateLimit(2)

    @made.get("/")
    def ask(request: Request) -> object:
        allowance = limit.ask(request)
        return {"granted": True} if allowance.granted else allowance.refused(request)

    return made


async def statuses(app: FastAPI, trusted_proxies: str, forwarded: list[str]) -> list[int]:
    async with served(app, trusted_proxies=trusted_proxies) as origin, httpx.AsyncClient() as http:
        return [(await http.get(origin, headers={"x-forwarded-for": told})).status_code for told in forwarded]


async def test_what_an_address_says_of_another_is_believed_of_a_trusted_proxy_alone(app: FastAPI) -> None:
    told = ["198.51.100.1", "198.51.100.2", "198.51.100.3"]
    assert await statuses(app, "", told) == [200, 200, 429]
    assert await statuses(app, "127.0.0.0/8", told) == [200, 200, 200]


async def test_a_client_cannot_put_an_address_before_the_one_that_the_proxy_saw(app: FastAPI) -> None:
    told = [f"203.0.113.{number}, 198.51.100.9" for number in range(3)]
    assert await statuses(app, "127.0.0.1", told) == [200, 200, 429]
