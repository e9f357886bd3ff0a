"""Forms are read as browsers post them, in memory, within a limit, whatever else comes."""

import tempfile

import httpx
import pytest
from chuangpei.pages.forms import posted
from fastapi import FastAPI, Request

MOST = 100_000


@pytest.fixture
async def http():
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})

    @app.post("/")
    async def told(request: Request):
        form = await posted(request, MOST)
        if form is None:
            return None
        files = {name: [file.name, len(file.content)] for name, file in form.files.items()}
        return {"fields": dict(form.fields), "files": files, "a": form.text("a")}

    @app.post("/large")
    async def size(request: Request):
        form = await posted(request, 4_000_000)
        return len(form.files["b"].content)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_fields_come_in_both_shapes(http):
    for given in ({}, {"files": {"b": ("名册.pdf", b"12345")}}):
        answer = (await http.post("/", data={"a": " 一 ", "c": "2"}, **given)).json()
        assert answer["fields"] == {"a": " 一 ", "c": "2"}
        assert answer["a"] == "一"
    assert answer["files"] == {"b": ["名册.pdf", 5]}


async def test_a_file_field_left_empty_is_a_file_without_content(http):
    answer = await http.post("/", data={"a": "1"}, files={"b": ("", b"", "application/octet-stream")})
    assert answer.json()["files"] in ({}, {"b": ["", 0]})


async def test_lines_end_as_here(http):
    assert (await http.post("/", data={"a": "x\r\ny"})).json()["a"] == "x\ny"


async def test_the_limit_is_exact(http):
    for more, fits in ((0, True), (1, False)):
        body = b"a=" + b"x" * (MOST - 2 + more)
        answer = await http.post("/", content=body)
        assert (answer.json() is not None) is fits


@pytest.mark.parametrize("body", [b"", b"\xff", b"&" * 500, b"=", b"a", b"{}", b"a=%ff"])
@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "text/plain",
        "multipart/form-data; boundary=x; charset=none",
    ],
)
async def test_a_body_of_another_shape_says_nothing(http, body, kind):
    answer = await http.post("/", content=body, headers={"content-type": kind})
    assert answer.status_code == 200
    assert answer.json()["files"] == {}


async def test_too_many_fields_or_files_say_nothing(http):
    many = {f"f{number}": ("n", b"1") for number in range(9)}
    assert (await http.post("/", files=many)).json()["files"] == {}
    fields = {f"f{number}": "1" for number in range(99)}
    assert (await http.post("/", data=fields)).json()["fields"] == {}


async def test_a_file_never_lies_on_a_disk(http, monkeypatch):
    def refused(*_args, **_more):
        raise AssertionError("a temporary file")

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    assert (await http.post("/large", files={"b": ("big.pdf", bytes(3_000_000))})).json() == 3_000_000
