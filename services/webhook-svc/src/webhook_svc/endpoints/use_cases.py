"""What an agency does with its endpoints: make, amend, pause, resume, delete one, and change its key."""

import base64
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_FOUND, PRECONDITION_FAILED

from webhook_svc.access import own_agency
from webhook_svc.agencies import repository as agencies
from webhook_svc.agencies.schemas import EVERYTHING
from webhook_svc.dispatch.egress import Egress
from webhook_svc.dispatch.signing import Scheme, SigningKey
from webhook_svc.endpoints import repository
from webhook_svc.endpoints.lifecycle import NEXT, Action, State
from webhook_svc.endpoints.schemas import EndpointAmendment, NewEndpoint, Payload, Rotation
from webhook_svc.endpoints.secrets import PURPOSE, Secrets
from webhook_svc.problems import NOT_GRANTED, TOO_MANY_ENDPOINTS
from webhook_svc.service import Service
from webhook_svc.transitions import next_state

KEY_PURPOSE = "endpoint.signing_key"
"""What the encrypted signing key of an endpoint is bound to."""

_TYPE_NOT_GRANTED = Text("未获授权的事件类型", "This event type is not granted")
_DISTRICT_NOT_GRANTED = Text("未获授权的区", "This district is not granted")
_FULL_NOT_GRANTED = Text("未获授权接收完整内容", "Full payloads are not granted")


async def make(tx: Transaction, service: Service, principal: Principal, body: NewEndpoint) -> Row | Refusal:
    """Makes an endpoint within what the agency is granted, with a key of its own; it is told from now on."""
    await agencies.lock_of_client(tx, principal.subject)
    agency = await own_agency(tx, principal)
    values = body.model_dump(exclude={"secrets"})
    if refusal := _refusal(service.egress, agency, values, body.secrets):
        return refusal
    if await repository.count(tx, agency["id"]) >= agency["most_endpoints"]:
        return Refusal(TOO_MANY_ENDPOINTS)
    now, key = service.clock.now(), SigningKey.made(body.scheme)
    own = {"id": new_id(), "agency_id": agency["id"], "state": State.ACTIVE, "state_reason": None}
    kept = {"secrets_encrypted": sealed(service, body.secrets), "created_at": now, "version": 1}
    await repository.insert_new(tx, values | own | kept)
    await _add_key(tx, service, own["id"], key)
    await _record(tx, service, principal, own["id"], "make", None, State.ACTIVE)
    return await _shown(tx, own["id"], agency["id"])


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    endpoint_id: UUID,
    version: int,
    body: EndpointAmendment,
) -> Row | Refusal:
    """Changes where, of what and how an agency is told, from now on; what is owed already stays owed."""
    found = await _at(tx, principal, endpoint_id, version)
    if isinstance(found, Refusal):
        return found
    agency, endpoint = found
    after = next_state(NEXT, State(endpoint["state"]), Action.AMEND)
    if isinstance(after, Refusal):
        return after
    values = dict(endpoint) | body.changes()
    if refusal := _refusal(service.egress, agency, values, body.secrets or Secrets()):
        return refusal
    if body.secrets is not None:
        values["secrets_encrypted"] = sealed(service, body.secrets)
    await repository.save(tx, endpoint_id, values)
    await _record(tx, service, principal, endpoint_id, Action.AMEND, endpoint["state"], after)
    return await _shown(tx, endpoint_id, agency["id"])


async def step(
    tx: Transaction, service: Service, principal: Principal, endpoint_id: UUID, version: int, action: Action
) -> Row | Refusal:
    """Pauses (暂停), resumes (恢复) or deletes an endpoint; resumed, it is pinged first and then drained."""
    found = await _at(tx, principal, endpoint_id, version)
    if isinstance(found, Refusal):
        return found
    agency, endpoint = found
    after = next_state(NEXT, State(endpoint["state"]), action)
    if isinstance(after, Refusal):
        return after
    await repository.save(tx, endpoint_id, dict(endpoint) | {"state": after, "state_reason": None})
    if action is Action.RESUME:
        await repository.let_go(tx, endpoint_id)
        tx.after_commit(service.waking.wake)
    await _record(tx, service, principal, endpoint_id, action, endpoint["state"], after)
    return await _shown(tx, endpoint_id, agency["id"])


async def rotate(
    tx: Transaction, service: Service, principal: Principal, endpoint_id: UUID, version: int, body: Rotation
) -> SigningKey | Refusal:
    """Gives an endpoint a new key (更换密钥); the old one signs along for a time."""
    found = await _at(tx, principal, endpoint_id, version)
    if isinstance(found, Refusal):
        return found
    _, endpoint = found
    key = SigningKey.made(Scheme(endpoint["scheme"]))
    until = service.clock.now() + timedelta(hours=body.overlap_hours)
    await repository.retire_key(tx, endpoint_id, until)
    await _add_key(tx, service, endpoint_id, key)
    await repository.save(tx, endpoint_id, dict(endpoint))
    await _record(tx, service, principal, endpoint_id, "rotate", endpoint["state"], endpoint["state"])
    return key


def sealed(service: Service, secrets: Secrets) -> str:
    """The secrets of an endpoint, encrypted."""
    return service.privacy.at_rest.encrypt(secrets.model_dump_json(), PURPOSE)


def opened(service: Service, endpoint: Row) -> Secrets:
    """The secrets of an endpoint, in clear."""
    clear = service.privacy.at_rest.decrypt(endpoint["secrets_encrypted"], PURPOSE)
    return Secrets.model_validate(orjson.loads(clear))


def key_of(service: Service, row: Row) -> SigningKey:
    """A signing key, in clear."""
    clear = service.privacy.at_rest.decrypt(row["secret_encrypted"], KEY_PURPOSE)
    return SigningKey(Scheme(row["scheme"]), base64.b64decode(clear))


async def _add_key(tx: Transaction, service: Service, endpoint_id: UUID, key: SigningKey) -> None:
    secret = base64.b64encode(key.secret).decode()
    values = {
        "id": new_id(),
        "endpoint_id": endpoint_id,
        "scheme": key.scheme,
        "secret_encrypted": service.privacy.at_rest.encrypt(secret, KEY_PURPOSE),
        "made_at": service.clock.now(),
        "signs_until": None,
    }
    await repository.add_key(tx, values)


def _refusal(egress: Egress, agency: Row, wanted: Mapping[str, Any], secrets: Secrets) -> Refusal | None:
    """All that is wrong with what an endpoint is to be."""
    if errors := tuple(_url_errors(egress, wanted["url"], secrets)):
        return Refusal(INVALID_INPUT, errors=errors)
    if errors := tuple(_grant_errors(agency, wanted)):
        return Refusal(NOT_GRANTED, errors=errors)
    return None


def _url_errors(egress: Egress, url: str, secrets: Secrets) -> Iterator[FieldError]:
    if text := egress.objection(url):
        yield FieldError("/url", "bad_url", text)
    if secrets.oauth and (text := egress.objection(secrets.oauth.token_url)):
        yield FieldError("/secrets/oauth/token_url", "bad_url", text)


def _grant_errors(agency: Row, wanted: Mapping[str, Any]) -> Iterator[FieldError]:
    granted = set(agency["event_types"])
    for place, name in enumerate(wanted["event_types"]):
        if not granted & _covering(name):
            yield FieldError(f"/event_types/{place}", "not_granted", _TYPE_NOT_GRANTED)
    if agency["districts"] is not None:
        for place, district in enumerate(wanted["districts"] or ()):
            if district not in agency["districts"]:
                yield FieldError(f"/districts/{place}", "not_granted", _DISTRICT_NOT_GRANTED)
    if wanted["payload"] == Payload.FULL and not agency["full_payload"]:
        yield FieldError("/payload", "not_granted", _FULL_NOT_GRANTED)


def _covering(name: str) -> set[str]:
    """The grants that cover a type, a topic or everything."""
    topic = name.removesuffix(".*") if name.endswith(".*") else name.rsplit(".", 2)[0]
    return {name, EVERYTHING} if name == EVERYTHING else {name, f"{topic}.*", EVERYTHING}


async def _at(
    tx: Transaction, principal: Principal, endpoint_id: UUID, version: int
) -> tuple[Row, Row] | Refusal:
    agency = await own_agency(tx, principal)
    endpoint = await repository.load_for_update(tx, endpoint_id, agency["id"])
    if endpoint is None:
        return Refusal(NOT_FOUND)
    return (agency, endpoint) if endpoint["version"] == version else Refusal(PRECONDITION_FAILED)


async def _shown(tx: Transaction, endpoint_id: UUID, agency_id: UUID) -> Row:
    row = await repository.one(tx, endpoint_id, agency_id)
    assert row is not None, "it was written just now"
    return row


async def _record(
    tx: Transaction,
    service: Service,
    principal: Principal,
    endpoint_id: UUID,
    action: str,
    before: str | None,
    after: str,
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="endpoint",
        object_id=endpoint_id,
        from_state=before,
        to_state=after,
    )
