"""The city's platform (一网通办), simulated: it hands applications in, and is told how they go."""

import asyncio
import base64
import hmac
import json
import secrets
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import uuid4

import httpx
from chuangpei.web import Body
from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, Field

from chuangpei_embedded.simulators.store import Store

Answer = Literal["taken", "unheard", "error", "busy", "refused", "hang"]


class Application(Body):
    """What a person fills in at the front end: the channel, and the application as subsidy-svc takes it."""

    channel: Literal["web", "app", "terminal"] = "app"
    application: dict[str, Any]


class Behaviour(Body):
    """How the next pushes are answered.

    ``unheard``: taken, but the answer is lost, so that it comes again; ``error``: 500; ``busy``: 503 with
    Retry-After; ``refused``: 200 with a code of the platform's own; ``hang``: taken after ``seconds``.
    ``times``: so often, then ``taken`` again; without it until it is told otherwise.
    """

    answer: Answer = "taken"
    times: Annotated[int | None, Field(ge=1)] = None
    seconds: Annotated[float, Field(ge=0, le=600)] = 1.0


class Received(BaseModel):
    """A push as the platform has it: its body as it first came, how often it came, whether signed."""

    message_id: str
    times: int
    signed: bool
    body: dict[str, Any]


class _Platform:
    """What the platform has and how it answers."""

    def __init__(self, file: Path, secret: str) -> None:
        self._store = Store(file)
        self._secret = secret.encode()
        self.behaviour = Behaviour()

    def next_answer(self) -> Behaviour:
        """How this push is answered."""
        now = self.behaviour
        if now.times is not None:
            left = now.times - 1
            self.behaviour = now.model_copy(update={"times": left}) if left else Behaviour()
        return now

    def keep(self, message_id: str, content: bytes, *, signed: bool) -> None:
        """Remembers a push; the same message is the same thing, however often it comes."""
        known = self._store.get(message_id)
        self._store.put(
            message_id,
            {
                "times": known["times"] + 1 if known else 1,
                "signed": signed,
                "body": known["body"] if known else json.loads(content),
            },
        )

    def received(self, case_number: str | None) -> list[Received]:
        """The pushes in the order in which they first came."""
        all_of_them = (Received(message_id=key, **entry) for key, entry in self._store.entries())
        return [one for one in all_of_them if case_number in (None, one.body.get("caseNumber"))]

    def is_signed(self, request: Request, content: bytes) -> bool:
        """Whether the keyed hash is ours (Standard Webhooks, v1)."""
        headers = request.headers
        signed = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + content
        digest = base64.b64encode(hmac.digest(self._secret, signed, "sha256")).decode()
        return hmac.compare_digest(f"v1,{digest}", headers.get("webhook-signature", ""))


def platform_router(file: Path, secret: str, subsidy: str) -> APIRouter:
    """The platform over what ``file`` holds, under ``/simulators/platform``.

    ``subsidy`` is the origin of subsidy-svc, ``secret`` what that signs its pushes with.
    """
    platform = _Platform(file, secret)
    router = APIRouter(prefix="/simulators/platform/v1", tags=["一网通办 · the city's platform"])

    @router.post("/applications", summary="提交申请 · Hand an application in")
    async def apply(filled: Application, authorization: Annotated[str, Header()]) -> Response:
        """Hands it to subsidy-svc with a case number (办件编号), as the person whose token comes along."""
        given = {"channel": filled.channel, "case_number": f"SH00FW{secrets.randbelow(10**14):014d}"}
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            answer = await http.post(
                f"{subsidy}/subsidy/v1/claims",
                json=filled.application | given,
                headers={"authorization": authorization, "idempotency-key": uuid4().hex},
            )
        return Response(answer.content, answer.status_code, media_type=answer.headers["content-type"])

    @router.post("/pushes", summary="接收状态推送 · Take a push")
    async def take(request: Request, webhook_id: Annotated[str, Header()]) -> Response:
        content, how = await request.body(), platform.next_answer()
        if how.answer in ("taken", "unheard", "hang"):
            platform.keep(webhook_id, content, signed=platform.is_signed(request, content))
        if how.answer == "hang":
            await asyncio.sleep(how.seconds)
        return _answer(how)

    @router.get("/pushes", summary="已收到的推送 · What was pushed")
    async def list_pushes(case_number: str | None = None) -> list[Received]:
        return platform.received(case_number)

    @router.get("/behaviour", summary="如何应答 · How it answers")
    async def read_behaviour() -> Behaviour:
        return platform.behaviour

    @router.put("/behaviour", summary="设定应答 · Tell it how to answer")
    async def behave(wish: Behaviour) -> Behaviour:
        platform.behaviour = wish
        return wish

    return router


def _answer(how: Behaviour) -> Response:
    if how.answer in ("error", "unheard"):
        return Response('{"code": "500"}', 500, media_type="application/json")
    if how.answer == "busy":
        headers = {"retry-after": str(round(how.seconds))}
        return Response('{"code": "503"}', 503, headers, media_type="application/json")
    code = "E01" if how.answer == "refused" else "0"
    return Response(json.dumps({"code": code}), media_type="application/json")
