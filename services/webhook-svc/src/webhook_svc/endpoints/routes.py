"""Endpoints over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from chuangpei.auth import Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response
from joserfc.jwk import OKPKey

from webhook_svc.access import Agency, Reader, counted, visible_agency
from webhook_svc.dispatch.signing import Scheme, SigningKey
from webhook_svc.dispatch.testing import send_test
from webhook_svc.endpoints import repository, use_cases
from webhook_svc.endpoints.lifecycle import Action
from webhook_svc.endpoints.schemas import (
    EndpointAmendment,
    EndpointPage,
    EndpointView,
    Keys,
    KeyView,
    NewEndpoint,
    Rotation,
    TestAnswer,
)
from webhook_svc.service import of

router = APIRouter(prefix="/webhook/v1/endpoints", tags=["接收端 · endpoints"])


@router.post("", status_code=201, response_model=EndpointView, summary="新建接收端 · Make an endpoint")
async def make_endpoint(
    request: Request, response: Response, body: NewEndpoint, key: IdempotencyKey, principal: Agency
) -> Response:
    """Makes a receiver within what one's agency is granted, with a signing key of its own (see its keys)."""
    counted(request, response, principal)
    service = of(request)

    async def act(tx: Transaction) -> EndpointView | Refusal:
        made = await use_cases.make(tx, service, principal, body)
        return made if isinstance(made, Refusal) else _view(request, made)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="接收端列表 · List the endpoints")
async def list_endpoints(
    request: Request, response: Response, principal: Reader, query: Annotated[EndpointPage, Query()]
) -> Page[EndpointView]:
    """An agency's own endpoints; to the city centre and auditors those of all."""
    counted(request, response, principal)
    database = of(request).database
    agency_id = await visible_agency(database, principal)
    asked = repository.LIST.asked(query, reach="own" if agency_id else None, scope=agency_id)
    return await repository.LIST.page(database, asked, query, lambda row: _view(request, row))


@router.get("/{endpoint_id}", response_model=EndpointView, summary="查看接收端 · Read an endpoint")
async def read_endpoint(
    request: Request, response: Response, endpoint_id: UUID, principal: Reader
) -> Response:
    """One endpoint, and how it has answered lately."""
    counted(request, response, principal)
    return reply(_view(request, await _found(request, endpoint_id, principal)))


@router.post("/{endpoint_id}/amend", response_model=EndpointView, summary="变更接收端 · Amend an endpoint")
async def amend_endpoint(
    request: Request, endpoint_id: UUID, body: EndpointAmendment, principal: Agency, if_match: IfMatch = None
) -> Response:
    """Changes where, of what and how one is told, from now on."""
    row = await done(request, if_match, principal, use_cases.amend, endpoint_id, body)
    return reply(_view(request, row))


@router.post("/{endpoint_id}/pause", response_model=EndpointView, summary="暂停接收端 · Pause an endpoint")
async def pause_endpoint(
    request: Request, endpoint_id: UUID, principal: Agency, if_match: IfMatch = None
) -> Response:
    """Nothing is sent while paused; what comes is kept for later."""
    return await _step(request, endpoint_id, principal, if_match, Action.PAUSE)


@router.post("/{endpoint_id}/resume", response_model=EndpointView, summary="恢复接收端 · Resume an endpoint")
async def resume_endpoint(
    request: Request, endpoint_id: UUID, principal: Agency, if_match: IfMatch = None
) -> Response:
    """Pings a paused or disabled endpoint; once it answers, it gets what it missed, in order of time."""
    return await _step(request, endpoint_id, principal, if_match, Action.RESUME)


@router.post("/{endpoint_id}/delete", response_model=EndpointView, summary="删除接收端 · Delete an endpoint")
async def delete_endpoint(
    request: Request, endpoint_id: UUID, principal: Agency, if_match: IfMatch = None
) -> Response:
    """Nothing is sent or owed any more; the record of what was sent stays for auditors."""
    return await _step(request, endpoint_id, principal, if_match, Action.DELETE)


@router.post("/{endpoint_id}/rotate", response_model=KeyView, summary="更换密钥 · Rotate the signing key")
async def rotate_key(
    request: Request, endpoint_id: UUID, body: Rotation, principal: Agency, if_match: IfMatch = None
) -> Response:
    """Makes a new key; for ``overlap_hours`` deliveries carry the signatures of both."""
    made = await done(request, if_match, principal, use_cases.rotate, endpoint_id, body)
    made_at = of(request).clock.now()
    return reply(KeyView(scheme=made.scheme, key=made.shown, made_at=made_at, signs_until=None))


@router.post("/{endpoint_id}/test", response_model=TestAnswer, summary="发送测试事件 · Send a test event")
async def test_endpoint(
    request: Request, response: Response, endpoint_id: UUID, principal: Agency
) -> TestAnswer:
    """Sends one signed test event now, and answers with what the receiver answered."""
    counted(request, response, principal)
    await _found(request, endpoint_id, principal)
    webhook_id, outcome = await send_test(of(request), endpoint_id)
    return TestAnswer(
        webhook_id=webhook_id,
        status=outcome.status,
        error=outcome.error,
        milliseconds=outcome.milliseconds,
        answer=outcome.answer,
    )


@router.get("/{endpoint_id}/keys", summary="签名密钥 · The keys that sign now")
async def list_keys(request: Request, response: Response, endpoint_id: UUID, principal: Reader) -> Keys:
    """The keys, the current one first; a shared secret is shown to its own agency alone."""
    counted(request, response, principal)
    await _found(request, endpoint_id, principal)
    own = principal.role is Role.AGENCY
    return Keys(
        items=[
            KeyView(
                scheme=key.scheme,
                key=key.shown if own or key.scheme is Scheme.ED25519 else None,
                made_at=row["made_at"],
                signs_until=row["signs_until"],
            )
            for row, key in await _keys(request, endpoint_id)
        ]
    )


@router.get("/{endpoint_id}/jwks.json", summary="公钥集 · The public keys as a JWK set")
async def read_jwks(request: Request, endpoint_id: UUID) -> dict[str, Any]:
    """The ed25519 keys that sign now as JWKS (RFC 7517, RFC 8037), for anyone; none for a shared secret."""
    if await repository.one(of(request).database, endpoint_id, None) is None:
        raise Refused(Refusal(NOT_FOUND))
    return {
        "keys": [_jwk(key) for _, key in await _keys(request, endpoint_id) if key.scheme is Scheme.ED25519]
    }


def _jwk(key: SigningKey) -> dict[str, Any]:
    made = OKPKey.import_key(key.public_pem(), {"use": "sig", "alg": "EdDSA"})
    made.ensure_kid()
    return made.as_dict(private=False)


async def _keys(request: Request, endpoint_id: UUID) -> list[tuple[Row, SigningKey]]:
    service = of(request)
    rows = await repository.signing_keys(service.database, endpoint_id, service.clock.now())
    return [(row, use_cases.key_of(service, row)) for row in rows]


async def _step(
    request: Request, endpoint_id: UUID, principal: Principal, if_match: str | None, action: Action
) -> Response:
    row = await done(request, if_match, principal, use_cases.step, endpoint_id, action)
    return reply(_view(request, row))


async def _found(request: Request, endpoint_id: UUID, principal: Principal) -> Row:
    database = of(request).database
    row = await repository.one(database, endpoint_id, await visible_agency(database, principal))
    if row is None or (principal.role is Role.AGENCY and row["state"] == "deleted"):
        raise Refused(Refusal(NOT_FOUND))
    return row


def _view(request: Request, row: Row) -> EndpointView:
    secrets = use_cases.opened(of(request), row)
    own = {
        "header_names": sorted(secrets.headers),
        "has_oauth": secrets.oauth is not None,
        "has_tls": secrets.tls is not None,
    }
    kept = {name: row[name] for name in EndpointView.model_fields if name not in own}
    return EndpointView.model_validate(kept | own)
