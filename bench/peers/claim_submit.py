"""A claim by hand: FastAPI, raw asyncpg and the statements of ours; no sign-in, no rules,
no encryption."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Annotated
from uuid import uuid4

import asyncpg
import orjson
from chuangpei.kernel.clock import SystemClock
from fastapi import FastAPI, Header, Request, Response

from bench.peers.claims import AMOUNT_FEN, FACTS, FINDINGS, PAYEE, ClaimIn, ClaimOut
from bench.registries import BANK, InstantAccounts, InstantRegistry

_STORED = """
SELECT fingerprint, status, headers, body FROM idempotency_keys WHERE principal = $1 AND key = $2
"""
_STANDING = """
SELECT w.*, (SELECT coalesce(array_agg(r.project_code ORDER BY r.slot), '{}') FROM reservations r
  WHERE r.person_key = w.person_key) AS counted_projects
FROM windows w WHERE w.certificate_id = $1 AND w.person_key = $2
"""
_TAKE = """
INSERT INTO idempotency_keys (principal, key, fingerprint) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING RETURNING key
"""
_STORE = """
UPDATE idempotency_keys SET status = $1, headers = $2, body = $3 WHERE principal = $4 AND key = $5
"""
_SUBMIT = """
WITH locked_window AS (
  SELECT certificate_id FROM windows WHERE certificate_id = $2 AND revoked_on IS NULL FOR UPDATE
), place AS (
  INSERT INTO reservations (person_key, slot, project_code, claim_id)
  SELECT $3, free.number, $6, $1 FROM locked_window JOIN (
    SELECT number FROM generate_series(1, 3) AS number
    WHERE NOT EXISTS (SELECT FROM reservations WHERE person_key = $3 AND slot = number)
    ORDER BY number LIMIT 1
  ) AS free ON true
  ON CONFLICT DO NOTHING RETURNING slot
), claim AS (
  INSERT INTO claims (id, certificate_id, person_key, district, institution_credit_code,
  project_code, amount_fen,
    enterprise_credit_code, enterprise_name, channel, account_kind, account_masked, account_reason,
    payee_encrypted,
    payee_digest, findings, within_years_on, policy_version, facts, submitted_at, state, due_on, version)
  SELECT $1, $2, $3, $4, $5, $6, $7::bigint, $8, $9, 'online', 'social_security_card', $10, NULL,
  $11, $12::bytea,
    $13::jsonb, $14::jsonb, '2026-01-01', $23::jsonb, $15::timestamptz, 'submitted',
    $15::timestamptz::date + 7, 1
  FROM place RETURNING id
), audited AS (
  INSERT INTO audit_log (at, actor, role, district, action, object_type, object_id, to_state,
  reason, details,
    request_id)
  SELECT $15::timestamptz, $16, 'citizen', NULL, 'claim.submit', 'claim', $17, 'submitted', NULL,
  $18::jsonb, $19
  FROM claim
)
INSERT INTO outbox (event_id, type, key, occurred_at, traceparent, value)
SELECT $20::uuid, 'cn.sh.chuangpei.claim.submitted.v1', $17, $15::timestamptz, $21,
  $22::bytea FROM claim RETURNING id
"""


async def _no_reset(connection: object) -> None:
    """asyncpg would ask PostgreSQL to reset the session after each use; ours does without too."""


async def _json(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "jsonb",
        encoder=lambda value: orjson.dumps(value).decode(),
        decoder=orjson.loads,
        schema="pg_catalog",
        format="text",
    )


def create(dsn: str) -> FastAPI:
    """The app; its pool is as large as ours."""
    pool: asyncpg.Pool
    clock, registry, accounts = SystemClock(), InstantRegistry(), InstantAccounts()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        nonlocal pool
        async with asyncpg.create_pool(
            dsn, min_size=8, max_size=8, timeout=5, init=_json, reset=_no_reset
        ) as pool:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/claims", status_code=201, response_model=ClaimOut)
    async def submit(
        request: Request,
        body: ClaimIn,
        person: Annotated[str, Header(alias="x-person")],
        key: Annotated[str, Header(alias="Idempotency-Key")],
    ) -> Response:
        fingerprint = sha256(await request.body()).digest()
        if (stored := await pool.fetchrow(_STORED, person, key)) is not None:
            return Response(stored["body"], stored["status"], media_type="application/json")
        window = await pool.fetchrow(_STANDING, body.certificate_id, person)
        if window is None:
            return Response(status_code=404)
        now = clock.now()
        firm = await registry.relation(body.enterprise_credit_code, "", now.date())
        account, *_ = await accounts.of_person("", "张三丰")
        if firm is None:
            return Response(status_code=422)
        claim = ClaimOut(
            id=uuid4(),
            certificate_id=body.certificate_id,
            certificate_number=window["certificate_number"],
            state="submitted",
            version=1,
            holder=window["masked_name"],
            institution_name=window["institution_name"],
            district=window["district"],
            project_code=window["project_code"],
            project_name=window["project_name"],
            enterprise_credit_code=firm.credit_code,
            enterprise_name=firm.name,
            channel="online",
            account_kind=body.account.kind,
            account=f"{BANK} ****{account.account_number[-4:]}",
            account_reason=None,
            amount_fen=AMOUNT_FEN,
            submitted_at=now,
            notice_last_day=None,
            decision_reason=None,
        )
        content = claim.model_dump_json().encode()
        event = {
            "claim_id": str(claim.id),
            "certificate_id": str(claim.certificate_id),
            "person_key": person,
            "district": claim.district,
            "project_code": claim.project_code,
            "amount_fen": claim.amount_fen,
            "on": now.date().isoformat(),
        }
        async with pool.acquire() as connection, connection.transaction():
            if await connection.fetchrow(_TAKE, person, key, fingerprint) is None:
                return Response(status_code=409)
            written = await connection.fetchrow(
                _SUBMIT,
                claim.id,
                claim.certificate_id,
                person,
                claim.district,
                window["institution_credit_code"],
                claim.project_code,
                claim.amount_fen,
                claim.enterprise_credit_code,
                claim.enterprise_name,
                claim.account,
                PAYEE,
                fingerprint,
                FINDINGS,
                {"class_start": True, "issue": True, "application": True},
                now,
                person[:24],
                str(claim.id),
                {"policy_version": "2026-01-01"},
                claim.id.hex,
                uuid4(),
                f"00-{claim.id.hex}-{claim.id.hex[:16]}-01",
                json.dumps(event).encode(),
                FACTS,
            )
            if written is None:
                return Response(status_code=422)
            await connection.execute(_STORE, 201, {"etag": '"1"'}, content, person, key)
        return Response(content, 201, {"etag": '"1"'}, media_type="application/json")

    return app
