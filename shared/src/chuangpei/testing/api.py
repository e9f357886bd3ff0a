"""Calling a service's API in a test, in process and over its real ASGI app."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from chuangpei.auth import Role, TokenVerifier
from chuangpei.development import DevelopmentIssuer
from chuangpei.privacy import Privacy
from chuangpei.service import DEVELOPMENT_ISSUER


def verifier_for(issuer: DevelopmentIssuer, privacy: Privacy) -> TokenVerifier:
    """A verifier that reads the issuer's keys directly."""

    async def fetch() -> Any:
        return issuer.jwks()

    return TokenVerifier(DEVELOPMENT_ISSUER, "chuangpei", fetch, privacy.person_key)


@asynccontextmanager
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app while its lifespan runs."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as http,
    ):
        yield http


def bearer(token: str) -> dict[str, str]:
    """The header that signs a request."""
    return {"authorization": f"Bearer {token}"}


def key() -> dict[str, str]:
    """A fresh Idempotency-Key header."""
    return {"idempotency-key": uuid4().hex}


def operations(app: FastAPI) -> Iterable[tuple[str, str]]:
    """Every method and path of the app's own routes."""
    for context in iter_route_contexts(app.routes):
        route = context.route
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in sorted(route.methods or ()):
                yield method, context.path or route.path


ALL_ROLES: tuple[Role, ...] = tuple(role for role in Role if role is not Role.SYSTEM)
