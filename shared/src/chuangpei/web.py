"""The HTTP face of a service: app factory, problem+json in two languages, request id, limits, health."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

import asyncpg
from fastapi import APIRouter, FastAPI, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from swagger_ui_bundle import swagger_ui_path

from chuangpei import problems
from chuangpei.auth import TokenVerifier
from chuangpei.database import is_collision, is_worth_retrying
from chuangpei.errors import Refused
from chuangpei.idempotency import entity_headers
from chuangpei.input_errors import field_errors
from chuangpei.kernel.refusals import FieldError, Finding, Problem, Refusal, Text
from chuangpei.tracing import enter_request

log = logging.getLogger(__name__)
T = TypeVar("T", bound=BaseModel)

PROBLEM_TYPE = "application/problem+json"
_RETRY_AFTER_SECONDS = 5
_TRIES = 3


class Body(BaseModel):
    """A request body: unknown fields are refused, text is trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class FindingView(BaseModel):
    """What one rule found (规则结论): its id, the article, the fact used and the value required."""

    rule: str
    article: str
    outcome: str
    fact: str
    required: str
    zh: str
    en: str


class FieldErrorView(BaseModel):
    """What is wrong with one field (字段错误)."""

    pointer: str
    code: str
    message: str


class ProblemView(BaseModel):
    """An RFC 9457 problem (错误说明) with a stable ``code``; refusals by rule carry ``findings``."""

    type: str
    title: str
    status: int
    detail: str | None = None
    instance: str
    code: str
    request_id: str
    errors: list[FieldErrorView] = []
    findings: list[FindingView] = []


def finding_view(finding: Finding) -> FindingView:
    """A finding as the API shows it."""
    return FindingView(
        rule=finding.rule,
        article=finding.article,
        outcome=finding.outcome,
        fact=finding.fact,
        required=finding.required,
        zh=finding.text.zh,
        en=finding.text.en,
    )


def wants_english(request: Request) -> bool:
    """Whether the client prefers English; Chinese is the default."""
    best, english = 0.0, False
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((_weight(one) for one in parameters if one.startswith("q=")), 1.0)
        if tag[:2] in ("zh", "en") and weight > best:
            best, english = weight, tag.startswith("en")
    return english


def _weight(quality: str) -> float:
    try:
        return float(quality.removeprefix("q="))
    except ValueError:
        return 1.0


def problem_response(
    request: Request, refusal: Refusal, headers: Mapping[str, str] | None = None
) -> Response:
    """The refusal as problem+json in the language the client prefers."""
    english = wants_english(request)

    def say(text: Text) -> str:
        return text.en if english else text.zh

    problem = refusal.problem
    view = ProblemView(
        type=f"urn:chuangpei:problem:{problem.code}",
        title=say(problem.title),
        status=problem.status,
        detail=say(refusal.detail) if refusal.detail else None,
        instance=request.url.path,
        code=problem.code,
        request_id=request.scope.get("request_id", ""),
        errors=[
            FieldErrorView(pointer=error.pointer, code=error.code, message=say(error.text))
            for error in refusal.errors
        ],
        findings=[finding_view(finding) for finding in refusal.findings],
    )
    sent = {"content-language": "en" if english else "zh", **(headers or {})}
    if problem.status == 401:
        sent["www-authenticate"] = "Bearer"
    if refusal.retry_after_seconds is not None:
        sent["retry-after"] = str(refusal.retry_after_seconds)
    return Response(view.model_dump_json(), problem.status, sent, media_type=PROBLEM_TYPE)


def reply(view: BaseModel, status: int = 200) -> Response:
    """A view as JSON, with its ETag where it has a version."""
    return Response(view.model_dump_json(), status, entity_headers(view), media_type="application/json")


def as_attachment(filename: str) -> dict[str, str]:
    """The header of an answer that is a file to download, whatever letters its name has."""
    return {"content-disposition": f"attachment; filename*=UTF-8''{quote(filename)}"}


def expected_version(if_match: str | None) -> int:
    """The version named by ``If-Match``; without one the change is refused with 428."""
    if if_match is None:
        raise Refused(Refusal(problems.PRECONDITION_REQUIRED))
    digits = if_match.strip().removeprefix("W/").strip('"')
    if not digits.isdecimal() or len(digits) > 9:
        raise Refused(Refusal(problems.PRECONDITION_FAILED))
    return int(digits)


IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="上次读到的 ETag · the ETag read last", examples=['"1"']),
]

PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": text,
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemView"}}},
    }
    for status, text in {
        400: "请求格式错误 · Malformed",
        401: "未登录 · Not signed in",
        403: "身份无权 · Role not allowed",
        404: "未找到 · Not found",
        409: "状态冲突 · Conflict",
        422: "内容有误或不符合规定 · Invalid or refused by rule",
    }.items()
}


def create_app(
    *,
    name: str,
    title: Text,
    description: str,
    state: Any,
    verifier: TokenVerifier,
    routers: Sequence[APIRouter],
    is_ready: Callable[[], Awaitable[bool]],
    lifespan: Callable[[], AbstractAsyncContextManager[None]],
    max_body_bytes: int,
) -> FastAPI:
    """The app of one service under ``/{name}``: its routers, docs from local assets, health, error forms.

    ``state`` becomes ``app.state.service``; ``lifespan`` opens and closes what the service needs.
    """

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        async with lifespan():
            yield

    app = FastAPI(
        title=f"{title.zh} · {title.en}",
        description=description,
        version="1",
        openapi_url=f"/{name}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=living,
        responses=PROBLEM_RESPONSES,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.service = state
    app.state.verifier = verifier
    for router in routers:
        app.include_router(router)
    app.include_router(_health(name, is_ready))
    _serve_docs(app, name)
    _describe_problems(app)
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)
    # Inside the edge: the framework's own limit stands outside and answers in plain text.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=max_body_bytes)
    app.add_middleware(BeginAnew)
    app.add_middleware(RequestEdge, max_body_bytes=max_body_bytes)
    return app


class RequestEdge:
    """Gives each request an id and its place in a trace, stops bodies that say they are too large.

    What no one else answered is answered here, so that a failure has its request id too.
    """

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given, traceparent, length = _of_interest(scope["headers"])
        request_id = enter_request(traceparent, given)
        scope["request_id"] = request_id
        started = too_large = False

        async def send_with_id(message: Message) -> None:
            nonlocal started, too_large
            if message["type"] == "http.response.start":
                # The framework answers a body above a route's own limit in plain text.
                too_large = message["status"] == 413 and _is_plain_text(message["headers"])
                started = not too_large
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            if not too_large:
                await send(message)

        try:
            if length is not None and length.isdigit() and int(length[:20]) > self._max_body_bytes:
                raise Refused(Refusal(problems.BODY_TOO_LARGE))
            await self._app(scope, receive, send_with_id)
            if too_large:
                raise Refused(Refusal(problems.BODY_TOO_LARGE))
        except Exception as error:
            if started:
                raise
            response = problem_response(Request(scope), _refusal_of(error))
            await response(scope, receive, send_with_id)


class BeginAnew:
    """Does a request over, at most twice, where PostgreSQL undid its transaction in favour of another.

    One transaction a request: what was undone left nothing, and nothing was answered yet. The body that was
    read is read again from memory; the limit on its size stands inside.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read: list[Message] = []
        started = False

        async def send_and_tell(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        for left in reversed(range(_TRIES)):
            try:
                await self._app(dict(scope), _read_again(read, receive), send_and_tell)
                return
            except Exception as error:
                if started or not left or not is_collision(error):
                    raise
                log.info("undone in favour of another, beginning anew: %s", type(error).__name__)


def _read_again(read: list[Message], receive: Receive) -> Receive:
    """What was read of a request, and then what comes; it is kept for another time."""
    kept = iter(tuple(read))

    async def next_message() -> Message:
        for message in kept:
            return message
        message = await receive()
        read.append(message)
        return message

    return next_message


def _is_plain_text(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/plain") for name, value in headers)


def _of_interest(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str | None, str | None, bytes | None]:
    """The request id, if it is fit for logs, the ``traceparent`` and the length of the body."""
    request_id = traceparent = length = None
    for name, value in headers:
        if name == b"content-length":
            length = value
        elif name == b"traceparent":
            traceparent = value.decode("latin-1")
        elif name == b"x-request-id" and len(value) <= 100 and value.replace(b"-", b"").isalnum():
            request_id = value.decode("ascii", "replace")
    return request_id, traceparent, length


def _health(name: str, is_ready: Callable[[], Awaitable[bool]]) -> APIRouter:
    router = APIRouter(prefix=f"/{name}", tags=["运行状况 · health"])

    @router.get("/healthz", summary="进程在运行 · The process runs")
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="可以接受请求 · Ready for requests")
    async def ready() -> JSONResponse:
        ok = await is_ready()
        return JSONResponse({"status": "ok" if ok else "unavailable"}, 200 if ok else 503)

    return router


def _serve_docs(app: FastAPI, name: str) -> None:
    assets = f"/{name}/docs/assets"
    app.mount(assets, StaticFiles(directory=swagger_ui_path), name="docs-assets")

    @app.get(f"/{name}/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=f"/{name}/openapi.json",
            title=app.title,
            swagger_js_url=f"{assets}/swagger-ui-bundle.js",
            swagger_css_url=f"{assets}/swagger-ui.css",
            swagger_favicon_url=f"{assets}/favicon-32x32.png",
            swagger_ui_parameters={"validatorUrl": None},
        )


def _describe_problems(app: FastAPI) -> None:
    made = app.openapi

    def openapi() -> dict[str, Any]:
        schema = made()
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        if "ProblemView" not in schemas:
            view = ProblemView.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(view.pop("$defs", {}))
            schemas["ProblemView"] = view
        return schema

    app.openapi = openapi  # type: ignore[method-assign]  # the documented way to extend the schema


async def _on_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return problem_response(request, error.refusal)


async def _on_invalid_input(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    if any(one["type"] == "json_invalid" for one in errors):
        return problem_response(request, Refusal(problems.MALFORMED_JSON))
    return problem_response(request, Refusal(problems.INVALID_INPUT, errors=field_errors(errors)))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known: Problem | None = {
        400: problems.MALFORMED_JSON,
        404: problems.NOT_FOUND,
        405: problems.METHOD_NOT_ALLOWED,
        413: problems.BODY_TOO_LARGE,
    }.get(error.status_code)
    text = Text(str(error.detail), str(error.detail))
    problem = known or Problem(f"http_{error.status_code}", error.status_code, text)
    return problem_response(request, Refusal(problem), error.headers)


_HANDLERS: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    Refused: _on_refused,
    RequestValidationError: _on_invalid_input,
    HTTPException: _on_http_exception,
}


def _refusal_of(error: Exception) -> Refusal:
    """What a client is told of a failure: wait, mend the input, or nothing but that it happened."""
    if isinstance(error, Refused):
        return error.refusal
    if is_worth_retrying(error):
        log.warning("not possible just now: %r", error)
        return Refusal(problems.UNAVAILABLE, retry_after_seconds=_RETRY_AFTER_SECONDS)
    if isinstance(error, asyncpg.DataError):
        # Its class and SQLSTATE alone: the text may quote the value, and that may be personal.
        log.info("a value the database cannot hold: %s %s", type(error).__name__, error.sqlstate)
        text = Text("存在数据库无法保存的值", "A value cannot be stored")
        return Refusal(problems.INVALID_INPUT, errors=(FieldError("", "bad_value", text),))
    log.error("request failed", exc_info=error)
    return Refusal(problems.INTERNAL)
