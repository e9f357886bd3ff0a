"""The main job, on the embedded platform in one process: issue to payment, revocation to brand exit."""

import io
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import httpx
from chuangpei_embedded.platform import Running
from chuangpei_embedded.story.client import Origins
from chuangpei_embedded.story.tale import FIRST_DAY, tell_story
from chuangpei_embedded.story.telling import Teller
from rich.console import Console

MakePlatform = Callable[..., AbstractAsyncContextManager[Running]]


async def test_the_main_job_runs_end_to_end_and_again_on_the_same_platform(platform_of: MakePlatform) -> None:
    told = io.StringIO()
    async with platform_of() as platform:
        origins = Origins.one(platform.origin)
        await tell_story(origins, Teller(Console(file=told)), begin=FIRST_DAY, seed=0)
        assert "主线走通" in told.getvalue()
        # 2026-09-24 plus five working days over the National Day holiday (D04).
        assert "2026-09-24…2026-10-08" in told.getvalue()
        await tell_story(origins, Teller(), seed=1)


async def test_the_home_page_lists_services_and_accounts_and_asks_for_nothing_elsewhere(
    platform_of: MakePlatform,
) -> None:
    async with platform_of() as platform, httpx.AsyncClient(base_url=platform.origin) as http:
        home = await http.get("/")
        assert home.status_code == 200
        assert "default-src 'none'" in home.headers["content-security-policy"]
        for service in ("training", "cert", "subsidy", "brand", "webhook"):
            assert f'href="/{service}/docs"' in home.text
            docs = await http.get(f"/{service}/docs")
            assert docs.status_code == 200
            assert "http://" not in docs.text.replace(platform.origin, "")
            assert "https://" not in docs.text
            assert (await http.get(f"/{service}/openapi.json")).json()["paths"]
            assert (await http.get(f"/{service}/readyz")).status_code == 200
        assert "make token ROLE=district_officer" in home.text
        assert (await http.get("/elsewhere")).status_code == 404
