"""The development issuer over HTTP: its public keys, and tokens for any role that is asked for."""

from typing import Annotated, Any, Self

from chuangpei.auth import Role
from chuangpei.development import DevelopmentIssuer
from chuangpei.kernel.credit_code import parse_credit_code
from chuangpei.kernel.districts import DISTRICTS
from chuangpei.kernel.refusals import Text
from chuangpei.kernel.resident_id import parse_resident_id
from chuangpei.web import Body
from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

_DAY = 86_400


class Wish(Body):
    """Who the token's bearer shall be. A district officer needs a district, a citizen an id number."""

    role: Annotated[Role, Field(examples=["district_officer"])]
    subject: Annotated[str | None, Field(max_length=200)] = None
    district: Annotated[str | None, Field(examples=["310115"])] = None
    credit_code: str | None = None
    id_number: str | None = None
    name: Annotated[str | None, Field(max_length=100)] = None
    seconds: Annotated[int, Field(ge=1, le=30 * _DAY)] = _DAY

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        if self.role is Role.SYSTEM:
            raise ValueError("no token can claim to be the platform itself")
        if self.district is not None and self.district not in DISTRICTS:
            raise ValueError(f"no district of Shanghai: {self.district}")
        if self.role is Role.DISTRICT_OFFICER and self.district is None:
            raise ValueError("a district officer needs a district")
        if self.role is Role.INSTITUTION and self.credit_code is None:
            raise ValueError("an institution needs a credit_code")
        if self.role is Role.CITIZEN and self.id_number is None:
            raise ValueError("a citizen needs an id_number")
        for given, parse in ((self.credit_code, parse_credit_code), (self.id_number, parse_resident_id)):
            if given is not None and isinstance(reason := parse(given), Text):
                raise ValueError(reason.en)
        return self


class TokenView(BaseModel):
    """A bearer token, as an OIDC issuer answers; ``expires_in`` is in seconds of real time."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  # the kind of token, no secret
    expires_in: int


def signed(issuer: DevelopmentIssuer, wish: Wish) -> str:
    """The token that fulfils the wish."""
    claims = wish.model_dump(exclude={"role"}, exclude_none=True)
    return issuer.token(wish.role, **claims)


def issuer_router(issuer: DevelopmentIssuer) -> APIRouter:
    """Public keys and tokens of ``issuer``."""
    router = APIRouter(prefix="/dev", tags=["身份 · identity"])

    @router.get("/jwks.json", summary="公钥 · Public keys")
    async def jwks() -> dict[str, Any]:
        return dict(issuer.jwks())

    @router.post("/token", summary="签发测试令牌 · Sign a development token")
    async def token(wish: Wish) -> TokenView:
        return TokenView(access_token=signed(issuer, wish), expires_in=wish.seconds)

    return router
