"""Who is asking: an OIDC token becomes a :class:`Principal`; a role is part of an endpoint's signature.

    Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]

Only asymmetric algorithms are accepted. A verified token is remembered until it expires, at most five
minutes: no longer than a key lives on that the issuer has withdrawn.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from fastapi import Request, Security
from fastapi.security import HTTPBearer

from chuangpei.errors import Refused
from chuangpei.kernel.districts import DISTRICTS
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.kernel.resident_id import parse_resident_id
from chuangpei.problems import FORBIDDEN, UNAUTHENTICATED, UNAVAILABLE

if TYPE_CHECKING:
    # Slow to import: a worker does without, an API process needs it when the first token comes.
    from joserfc.jwk import KeySet, KeySetSerialization

log = logging.getLogger(__name__)

ALGORITHMS = ("ES256", "EdDSA", "Ed25519", "RS256", "PS256")
_REMEMBERED_TOKENS = 10_000
_KEYS_STALE_SECONDS = 300
_KEYS_RETRY_SECONDS = 5


class Role(StrEnum):
    """The roles of the platform (角色)."""

    CITIZEN = "citizen"
    INSTITUTION = "institution"
    EVALUATOR = "evaluator"
    DISTRICT_OFFICER = "district_officer"
    CITY_CENTRE = "city_centre"
    CITY_BUREAU = "city_bureau"
    AUDITOR = "auditor"
    AGENCY = "agency"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts: a subject in one role, with the district, institution or person it stands for.

    ``person_key`` (个人标识) is set where the token carries a real-name id number, which is not kept.
    """

    subject: str
    role: Role
    district: str | None = None
    credit_code: str | None = None
    person_key: str | None = None
    name: str | None = None


_CLAIMABLE = frozenset(Role) - {Role.SYSTEM}

SYSTEM = Principal("system", Role.SYSTEM)
"""The platform itself, acting on an event or on time; no token can claim it."""

FetchKeys = Callable[[], Awaitable["KeySetSerialization"]]


class TokenVerifier:
    """Turns bearer tokens into principals.

    ``fetch_keys`` reads the issuer's JWKS; it is asked again for an unknown key, at most every few seconds.
    While there are no keys at all, requests are refused with 503.
    ``person_key`` hashes a normalised id number (:meth:`chuangpei.privacy.Privacy.person_key`). Expiry is
    measured in real time: a clock moved for development does not expire tokens.
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        fetch_keys: FetchKeys,
        person_key: Callable[[str], str],
        *,
        real_seconds: Callable[[], float] = time.time,
    ) -> None:
        self._fetch_keys = fetch_keys
        self._person_key = person_key
        self._real_seconds = real_seconds
        self._issuer = issuer
        self._audience = audience
        self._keys: KeySet | None = None
        self._keys_asked_at = -math.inf
        self._lock = asyncio.Lock()
        self._remembered: dict[str, tuple[float, Principal]] = {}

    async def verify(self, token: str) -> Principal | None:
        """The principal of a valid token, or None."""
        known = self._remembered.get(token)
        if known is not None and known[0] > self._real_seconds():
            return known[1]
        claims = await self._claims_of(token)
        principal = _principal(claims, self._person_key) if claims else None
        if claims and principal:
            until = min(float(claims["exp"]), self._real_seconds() + _KEYS_STALE_SECONDS)
            self._remember(token, until, principal)
        return principal

    async def _claims_of(self, token: str) -> dict[str, Any] | None:
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError

        for refresh in (False, True):
            keys = await self._key_set(refresh=refresh)
            try:
                decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
                self._check(decoded.claims)
            except InvalidKeyIdError:
                continue  # the issuer may have a new key
            except (JoseError, ValueError, TypeError, KeyError):
                return None
            return decoded.claims
        return None

    def _check(self, claims: dict[str, Any]) -> None:
        from joserfc import jwt

        jwt.JWTClaimsRegistry(
            now=int(self._real_seconds()),
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            sub={"essential": True},
        ).validate(claims)

    async def _key_set(self, *, refresh: bool) -> "KeySet":
        if self._keys is None or self._may_read_keys(refresh=refresh):
            async with self._lock:
                if self._may_read_keys(refresh=refresh):
                    await self._read_keys()
        if self._keys is None:
            raise Refused(Refusal(UNAVAILABLE, detail=_NO_KEYS, retry_after_seconds=_KEYS_RETRY_SECONDS))
        return self._keys

    def _may_read_keys(self, *, refresh: bool) -> bool:
        patience = _KEYS_RETRY_SECONDS if refresh or self._keys is None else _KEYS_STALE_SECONDS
        return self._real_seconds() - self._keys_asked_at > patience

    async def _read_keys(self) -> None:
        """Asks the issuer; while it does not answer, the keys known so far stay good."""
        from joserfc.jwk import KeySet

        try:
            self._keys = KeySet.import_key_set(await self._fetch_keys())
        except Exception as error:
            log.warning("the issuer's keys could not be read: %r", error)
        self._keys_asked_at = self._real_seconds()

    def _remember(self, token: str, until: float, principal: Principal) -> None:
        if len(self._remembered) >= _REMEMBERED_TOKENS:
            self._remembered.clear()
        self._remembered[token] = (until, principal)


def _principal(claims: dict[str, Any], person_key: Callable[[str], str]) -> Principal | None:
    wanted = ("role", "district", "credit_code", "name", "id_number")
    given = {claim: claims[claim] for claim in wanted if claims.get(claim) is not None}
    if not all(isinstance(value, str) for value in given.values()):
        return None
    role, district = given.get("role"), given.get("district")
    if role not in _CLAIMABLE or (district is not None and district not in DISTRICTS):
        return None
    person = parse_resident_id(given["id_number"]) if "id_number" in given else None
    if isinstance(person, Text):
        return None
    if (role == Role.DISTRICT_OFFICER and district is None) or (role == Role.CITIZEN and person is None):
        return None
    return Principal(
        subject=str(claims["sub"]),
        role=Role(role),
        district=district,
        credit_code=given.get("credit_code"),
        person_key=person_key(person.number) if person else None,
        name=given.get("name"),
    )


class _AllowedRoles(HTTPBearer):
    def __init__(self, roles: frozenset[Role]) -> None:
        super().__init__(scheme_name="bearer", bearerFormat="JWT", auto_error=False)
        self.roles = roles

    async def __call__(self, request: Request) -> Principal:  # type: ignore[override]  # gives the principal itself
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refused(Refusal(UNAUTHENTICATED))
        verifier: TokenVerifier = request.app.state.verifier
        principal = await verifier.verify(token.strip())
        if principal is None:
            raise Refused(Refusal(UNAUTHENTICATED, detail=_BAD_TOKEN))
        if principal.role not in self.roles:
            raise Refused(Refusal(FORBIDDEN, detail=_wanted(self.roles)))
        return principal


_NO_KEYS = Text("暂时无法核验令牌", "Tokens cannot be verified just now")
_BAD_TOKEN = Text("令牌无效或已过期", "The token is not valid or has expired")


def _wanted(roles: frozenset[Role]) -> Text:
    names = ", ".join(sorted(roles))
    return Text(f"需要以下身份之一：{names}", f"One of these roles is needed: {names}")


def Allow(*roles: Role) -> Any:  # noqa: N802  # reads as a part of the signature, like Depends
    """Lets these roles in, for use in ``Annotated[Principal, Allow(...)]``; others get 401 or 403."""
    return Security(_AllowedRoles(frozenset(roles)))
