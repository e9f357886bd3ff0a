"""Pages of a list: every row once, and a cursor that is not ours is refused, never a failure."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from uuid import UUID

import httpx
import orjson
import pytest
from chuangpei.auth import Role
from chuangpei.database import Database
from chuangpei.development import DevelopmentIssuer
from chuangpei.errors import Refused
from chuangpei.paging import after_id, after_text, before_id, decode_cursor, encode_cursor
from chuangpei.settings import CommonSettings
from chuangpei.testing.api import bearer, client, key, verifier_for
from chuangpei.testing.miniature_api import create_miniature_api
from chuangpei.testing.settings import test_settings

NOTES = "/miniature/v1/notes"
ISSUER = DevelopmentIssuer()


@pytest.fixture
async def http(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    verifier = verifier_for(ISSUER, test_settings(CommonSettings, dsn).privacy())
    async with client(create_miniature_api(Database(dsn), verifier)) as http:
        http.headers.update(bearer(ISSUER.token(Role.CITY_CENTRE)))
        yield http


def cursor_of(content: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


async def test_the_pages_show_every_row_once_and_end(http: httpx.AsyncClient) -> None:
    for number in range(5):
        await http.post(NOTES, json={"text": str(number)}, headers=key())
    texts: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        page = (await http.get(NOTES, params={"cursor": cursor} if cursor else {})).json()
        texts += [note["text"] for note in page["items"]]
        cursor = page["next_cursor"]

    assert texts == ["0", "1", "2", "3", "4"]
    assert cursor is None


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        "!!!!",
        cursor_of(7),
        cursor_of([]),
        cursor_of([1, 2]),
        cursor_of(["1"]),
        cursor_of([None]),
        cursor_of([True]),
        cursor_of([1.5]),
        cursor_of([[1]]),
        base64.urlsafe_b64encode(b"[9223372036854775808]").decode(),
        base64.urlsafe_b64encode(b"[1e400]").decode(),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
        "A" * 401,
    ],
)
async def test_a_tampered_cursor_is_a_422(http: httpx.AsyncClient, cursor: str) -> None:
    answer = await http.get(NOTES, params={"cursor": cursor})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/query/cursor"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1" * 30])
async def test_a_page_has_between_1_and_200_items(http: httpx.AsyncClient, limit: str) -> None:
    assert (await http.get(NOTES, params={"limit": limit})).status_code == 422


def test_a_cursor_gives_back_the_values_as_what_they_were() -> None:
    place = (7, "x", UUID(int=5), date(2026, 3, 1), datetime(2026, 3, 1, 9, tzinfo=UTC))

    assert decode_cursor(encode_cursor(*place), int, str, UUID, date, datetime) == list(place)
    assert decode_cursor(None, int) is None


def test_a_list_by_one_value_goes_on_at_its_cursor_and_without_one_has_everything_before_it() -> None:
    last = UUID(int=5)

    assert after_id(encode_cursor(last)) == before_id(encode_cursor(last)) == last
    assert after_id(None) < last < before_id(None)
    assert after_text(encode_cursor("SYB")) == "SYB"
    assert after_text(None) < "SYB"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (str, 7),
        (str, "nul \0"),
        (UUID, "no uuid"),
        (UUID, 7),
        (date, "2026-02-30"),
        (date, 20260301),
        (datetime, "2026-03-01T09:00:00"),
        (datetime, "soon"),
    ],
)
def test_a_value_of_another_kind_is_refused(kind: type, value: object) -> None:
    with pytest.raises(Refused):
        decode_cursor(cursor_of([value]), kind)
