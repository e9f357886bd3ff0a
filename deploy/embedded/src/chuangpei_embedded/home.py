"""``GET /``: one page that lists the services, their documents and the demonstration accounts."""

import json
from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template
from typing import NamedTuple

from fastapi import FastAPI
from starlette.responses import HTMLResponse

from chuangpei_embedded.accounts import DEMO_ACCOUNTS, Account

STORY_FILE = "story.json"
"""Written when the first story was played: the people and institution it was about."""

_PAGE = Template(Path(__file__).with_name("home.html").read_text(encoding="utf-8"))
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


class _Service(NamedTuple):
    path: str
    zh: str
    en: str
    about_zh: str
    about_en: str


_SERVICES = (
    _Service(
        "training",
        "培训服务",
        "Training",
        "机构、资质、班级、学员、考勤",
        "institutions, classes, attendance",
    ),
    _Service("cert", "证书服务", "Certificates", "考核评价、证书、公开查验", "evaluations, certificates"),
    _Service("subsidy", "补贴服务", "Subsidy", "申领、公示、支付批次", "claims, public notice, payment"),
    _Service("brand", "品牌服务", "Brands", "评选轮次、品牌、退出", "rounds, brands, exit"),
    _Service(
        "webhook", "事件推送服务", "Webhooks", "接入单位、接收端、投递", "agencies, endpoints, deliveries"
    ),
)


def create_home(folder: Path, origin: str) -> FastAPI:
    """The app that answers ``/`` and nothing else."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/")
    async def home() -> HTMLResponse:
        page = home_page(origin, (*DEMO_ACCOUNTS, *story_accounts(folder)))
        return HTMLResponse(page, headers={"content-security-policy": _POLICY})

    return app


def story_accounts(folder: Path) -> list[Account]:
    """The institution and the citizens of the first story; none before it was played."""
    file = folder / STORY_FILE
    if not file.exists():
        return []
    return [Account(**account) for account in json.loads(file.read_text(encoding="utf-8"))["accounts"]]


def home_page(origin: str, accounts: Iterable[Account]) -> str:
    """The whole page; it asks for nothing from elsewhere."""
    return _PAGE.substitute(
        origin=escape(origin),
        services="\n".join(_service_row(one) for one in _SERVICES),
        accounts="\n".join(_account_row(one) for one in accounts),
    )


def _service_row(one: _Service) -> str:
    return (
        f'<tr><th scope="row">{one.zh} · <span lang="en">{one.en}</span></th>'
        f'<td>{one.about_zh} · <span lang="en">{one.about_en}</span></td>'
        f'<td><a href="/{one.path}/docs">/{one.path}/docs</a></td></tr>'
    )


def _account_row(one: Account) -> str:
    return (
        f'<tr><th scope="row">{escape(one.title)}</th><td>{escape(one.name)}</td>'
        f"<td><code>{escape(one.command())}</code></td></tr>"
    )
