"""A claim as most would write it: FastAPI, declarative models and the async session of SQLAlchemy's ORM."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

from chuangpei.kernel.clock import SystemClock
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from sqlalchemy import BigInteger, DateTime, ForeignKey, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from bench.peers.claims import AMOUNT_FEN, FACTS, FINDINGS, PAYEE, ClaimIn, ClaimOut
from bench.registries import BANK, InstantAccounts, InstantRegistry


class Base(DeclarativeBase):
    """The declarative base."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        datetime: DateTime(timezone=True),
    }


class Window(Base):
    """A claim window."""

    __tablename__ = "windows"
    certificate_id: Mapped[UUID] = mapped_column(primary_key=True)
    certificate_number: Mapped[str]
    person_key: Mapped[str]
    masked_name: Mapped[str]
    name_encrypted: Mapped[str]
    id_number_encrypted: Mapped[str]
    institution_credit_code: Mapped[str]
    institution_name: Mapped[str]
    district: Mapped[str]
    project_code: Mapped[str]
    project_name: Mapped[str]
    class_started_on: Mapped[date]
    evaluated_on: Mapped[date | None]
    issued_on: Mapped[date]
    last_day: Mapped[date]
    closed_cause: Mapped[str | None]
    revoked_on: Mapped[date | None]


class Claim(Base):
    """A claim."""

    __tablename__ = "claims"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("windows.certificate_id"))
    window: Mapped[Window] = relationship(lazy="raise")
    person_key: Mapped[str]
    district: Mapped[str]
    institution_credit_code: Mapped[str]
    project_code: Mapped[str]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    enterprise_credit_code: Mapped[str]
    enterprise_name: Mapped[str]
    channel: Mapped[str] = mapped_column(default="online")
    account_kind: Mapped[str]
    account_masked: Mapped[str]
    account_reason: Mapped[str | None]
    payee_encrypted: Mapped[str]
    payee_digest: Mapped[bytes]
    findings: Mapped[list[Any]]
    within_years_on: Mapped[dict[str, Any]]
    policy_version: Mapped[str]
    facts: Mapped[dict[str, Any]]
    submitted_at: Mapped[datetime]
    state: Mapped[str]
    due_on: Mapped[date | None]
    notice_last_day: Mapped[date | None]
    decision_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)


class Reservation(Base):
    """A place of a person."""

    __tablename__ = "reservations"
    person_key: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    project_code: Mapped[str]
    claim_id: Mapped[UUID]


class AuditRow(Base):
    """Who did what."""

    __tablename__ = "audit_log"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    role: Mapped[str]
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str]
    to_state: Mapped[str | None]
    details: Mapped[dict[str, Any]]
    request_id: Mapped[str | None]


class OutboxRow(Base):
    """An event to be sent."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(default=uuid4)
    type: Mapped[str]
    key: Mapped[str]
    occurred_at: Mapped[datetime]
    traceparent: Mapped[str | None]
    value: Mapped[bytes]


class IdempotencyKey(Base):
    """A key and its answer."""

    __tablename__ = "idempotency_keys"
    principal: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    body: Mapped[bytes | None]


def create(dsn: str) -> FastAPI:
    """The app; its engine's pool is as large as ours."""
    engine = create_async_engine(
        dsn.replace("postgresql://", "postgresql+asyncpg://"), pool_size=8, max_overflow=0
    )
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    clock, registry, accounts = SystemClock(), InstantRegistry(), InstantAccounts()

    async def session() -> AsyncIterator[AsyncSession]:
        async with sessions() as opened:
            yield opened

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)

    @app.post("/claims", status_code=201)
    async def submit(
        request: Request,
        body: ClaimIn,
        db: Annotated[AsyncSession, Depends(session)],
        person: Annotated[str, Header(alias="x-person")],
        key: Annotated[str, Header(alias="Idempotency-Key")],
    ) -> ClaimOut:
        fingerprint = sha256(await request.body()).digest()
        if (await db.get(IdempotencyKey, (person, key))) is not None:
            raise HTTPException(409)
        window = await db.get(Window, body.certificate_id, with_for_update=True)
        if window is None or window.person_key != person:
            raise HTTPException(404)
        places = (await db.scalars(select(Reservation).where(Reservation.person_key == person))).all()
        if len(places) >= 3 or window.project_code in {place.project_code for place in places}:
            raise HTTPException(422)
        now = clock.now()
        firm = await registry.relation(body.enterprise_credit_code, "", now.date())
        account, *_ = await accounts.of_person("", "张三丰")
        if firm is None:
            raise HTTPException(422)
        claim = Claim(
            window=window,
            person_key=person,
            district=window.district,
            institution_credit_code=window.institution_credit_code,
            project_code=window.project_code,
            amount_fen=AMOUNT_FEN,
            enterprise_credit_code=firm.credit_code,
            enterprise_name=firm.name,
            account_kind=body.account.kind,
            account_masked=f"{BANK} ****{account.account_number[-4:]}",
            payee_encrypted=PAYEE,
            payee_digest=fingerprint,
            findings=FINDINGS,
            within_years_on={"class_start": True, "issue": True, "application": True},
            policy_version="2026-01-01",
            facts=FACTS,
            submitted_at=now,
            due_on=now.date() + timedelta(days=7),
            state="submitted",
        )
        db.add(claim)
        await db.flush()
        slot = min({1, 2, 3} - {place.slot for place in places})
        db.add(Reservation(person_key=person, slot=slot, project_code=window.project_code, claim_id=claim.id))
        db.add(
            AuditRow(
                at=now,
                actor=person[:24],
                role="citizen",
                action="claim.submit",
                object_type="claim",
                object_id=str(claim.id),
                to_state="submitted",
                details={"policy_version": "2026-01-01"},
                request_id=claim.id.hex,
            )
        )
        answer = _shown(claim, window)
        content = answer.model_dump_json().encode()
        db.add(
            OutboxRow(
                type="cn.sh.chuangpei.claim.submitted.v1",
                key=str(claim.id),
                occurred_at=now,
                traceparent=f"00-{claim.id.hex}-{claim.id.hex[:16]}-01",
                value=content,
            )
        )
        db.add(
            IdempotencyKey(
                principal=person,
                key=key,
                fingerprint=fingerprint,
                status=201,
                headers={"etag": '"1"'},
                body=content,
            )
        )
        await db.commit()
        return answer

    return app


def _shown(claim: Claim, window: Window) -> ClaimOut:
    return ClaimOut(
        id=claim.id,
        certificate_id=claim.certificate_id,
        certificate_number=window.certificate_number,
        state=claim.state,
        version=claim.version,
        holder=window.masked_name,
        institution_name=window.institution_name,
        district=claim.district,
        project_code=claim.project_code,
        project_name=window.project_name,
        enterprise_credit_code=claim.enterprise_credit_code,
        enterprise_name=claim.enterprise_name,
        channel=claim.channel,
        account_kind=claim.account_kind,
        account=claim.account_masked,
        account_reason=claim.account_reason,
        amount_fen=claim.amount_fen,
        submitted_at=claim.submitted_at,
        notice_last_day=claim.notice_last_day,
        decision_reason=claim.decision_reason,
    )
