"""A real browser for tests of pages: Debian's Chromium or another, driven from outside, on loopback alone."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import pytest
import uvicorn
from fastapi import FastAPI

from chuangpei.service import http_options

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, ViewportSize

PHONE: "ViewportSize" = {"width": 360, "height": 740}
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_WITHIN_SECONDS = 20


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator["Browser"]:
    """The browser, started once. Skips the test where there is none, or fails it under REQUIRE_BROWSER=1."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None and os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail("Chromium is not installed")
    if program is None:
        pytest.skip("Chromium is not installed: the pages are not looked at in a browser")
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        # A camera that is none, for pages that scan codes.
        camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
        running = await playwright.chromium.launch(executable_path=program, args=camera)
        yield running
        await running.close()


@asynccontextmanager
async def served(app: FastAPI, trusted_proxies: str = "") -> AsyncIterator[str]:
    """The origin at which an app that is alive already answers on loopback."""
    options = http_options("127.0.0.1", 0, trusted_proxies)
    server = _Server(uvicorn.Config(app, lifespan="off", **options))
    answering = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(_WITHIN_SECONDS):
            while not server.started:  # noqa: ASYNC110  # uvicorn tells it by nothing else
                await asyncio.sleep(0.01)
        [port] = {listening.getsockname()[1] for one in server.servers for listening in one.sockets}
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await answering


@asynccontextmanager
async def on_a_phone(
    browser: "Browser", *, language: str = "zh-CN", scripts: bool = True
) -> AsyncIterator["Page"]:
    """A page of a small phone.

    What it asks of another origin, what its policy forbids and what a script stumbles over fail the test.
    """
    context = await browser.new_context(viewport=PHONE, locale=language, java_script_enabled=scripts)
    page = await context.new_page()
    asked: list[str] = []
    amiss: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: amiss.append(message.text))
    page.on("pageerror", lambda error: amiss.append(f"Error: {error}"))
    yield page
    await context.close()
    assert [url for url in asked if not url.startswith("http://127.0.0.1:")] == []
    # Every answer of 404 stands in the console too, as it should.
    assert [text for text in amiss if not text.startswith("Failed to load resource")] == []


async def faults(page: "Page") -> list[str]:
    """What axe-core finds amiss by WCAG 2.2 A and AA and by good practice."""
    from axe_playwright_python.async_playwright import Axe

    found = await Axe().run(page)
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found.response["violations"]]


async def overflow(page: "Page") -> int:
    """By how many pixels the page is wider than its window."""
    wider: int = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wider


class _Server(uvicorn.Server):
    """Leaves the signals to whoever runs the loop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
