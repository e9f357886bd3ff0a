"""Who checks certificates by the thousand is told to wait, in each of the ways to check (C06)."""

from dataclasses import replace

import httpx
import pytest
from cert_svc.app import create_api
from chuangpei.rate_limit import RateLimit

MOST = 3


class Ticks:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = 0

    def __call__(self):
        return self.now


@pytest.fixture
def ticks():
    return Ticks()


@pytest.fixture
async def http(office, ticks):
    app = create_api(replace(office.service, checks=RateLimit(MOST, ticks)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


WAYS = {
    "number": lambda http: http.get("/cert/v1/certificates/SH2026H7K3M01X2T0B"),
    "carrier": lambda http: http.post("/cert/v1/checks", content=b"CPC1:"),
    "page": lambda http: http.get("/cert/check/SH2026H7K3M01X2T0B"),
    "form": lambda http: http.post(
        "/cert/check",
        content=b"asked=CPC1:",
        headers={"content-type": "application/x-www-form-urlencoded"},
    ),
}
each_way = pytest.mark.parametrize("way", WAYS)


@each_way
async def test_who_asks_too_often_is_told_when_to_come_again(http, ticks, way):
    answers = [await WAYS[way](http) for _ in range(MOST + 1)]
    assert [answer.status_code == 429 for answer in answers] == [False] * MOST + [True]
    assert answers[-1].headers["retry-after"] == "20"
    ticks.now += 20_000_000_000
    assert (await WAYS[way](http)).status_code != 429
    assert (await WAYS[way](http)).status_code == 429


@pytest.mark.parametrize("way", ["number", "carrier"])
async def test_what_remains_is_told_with_each_answer(http, way):
    remaining = [(await WAYS[way](http)).headers["ratelimit-remaining"] for _ in range(MOST + 1)]
    assert remaining == ["2", "1", "0", "0"]
    answer = await WAYS[way](http)
    assert answer.json()["code"] == "too_many_requests"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["ratelimit-limit"] == str(MOST)


async def test_the_page_says_it_to_people(http):
    answers = [await WAYS["page"](http) for _ in range(MOST + 1)]
    assert "请稍后再试" in answers[-1].text
    assert answers[-1].headers["cache-control"] == "no-store"


async def test_all_ways_count_together(http):
    answers = [await ask(http) for ask in WAYS.values()]
    assert [answer.status_code == 429 for answer in answers] == [False, False, False, True]


async def test_a_good_number_is_counted_like_a_bad_one(http, qualification):
    path = f"/cert/v1/certificates/{qualification['number']}"
    answers = [await http.get(path) for _ in range(MOST + 1)]
    assert [answer.status_code for answer in answers] == [200] * MOST + [429]
    assert answers[0].headers["ratelimit-remaining"] == "2"


async def test_the_form_alone_and_what_checking_offline_needs_are_not_counted(http):
    for path in ("/cert/check", "/cert/v1/trust", "/cert/did.json"):
        assert [(await http.get(path)).status_code for _ in range(MOST + 1)] == [200] * (MOST + 1)
