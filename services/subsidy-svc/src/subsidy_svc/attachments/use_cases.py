"""Attaching a file to a claim, draft or objection, reading it, sweeping the unfinished (附件; S06, S07, S09).

A row says that a file is about to come before the store has it: wherever the process dies, a file has its
row. The row becomes visible when the file is there; one that never is, is swept with its file.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.privacy import CannotDecrypt
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND

from subsidy_svc.access import may_see_claim
from subsidy_svc.attachments import content as contents
from subsidy_svc.attachments import repository
from subsidy_svc.attachments.lifecycle import State
from subsidy_svc.attachments.repository import Home
from subsidy_svc.attachments.schemas import AttachmentView, FileQuery
from subsidy_svc.claims import repository as claims
from subsidy_svc.claims.lifecycle import IN_REVIEW
from subsidy_svc.claims.reviewers import is_same_person
from subsidy_svc.drafts import repository as drafts
from subsidy_svc.drafts.lifecycle import State as DraftState
from subsidy_svc.law.published import law_of
from subsidy_svc.objections import repository as objections
from subsidy_svc.objections.lifecycle import UNDECIDED
from subsidy_svc.problems import ATTACHMENT_DAMAGED, ATTACHMENTS_FULL
from subsidy_svc.service import Service
from subsidy_svc.supplements.schemas import Subject

_GIVEN_UP_AFTER = timedelta(hours=1)
_NAME = "subsidy.attachment_name"


async def upload(
    service: Service, principal: Principal, home: Home, query: FileQuery, content: bytes
) -> UUID | Refusal:
    """Begins an attachment and stores its file sealed; :func:`finish` makes it visible."""
    media_type = contents.media_type_of(content)
    if isinstance(media_type, Refusal):
        return media_type
    attachment_id = new_id()
    async with service.database.transaction() as tx:
        if refusal := await _full(tx, service, principal, home):
            return refusal
        values = {
            "id": attachment_id,
            **home._asdict(),
            "subject": query.subject,
            "name_encrypted": service.privacy.at_rest.encrypt(query.name, _NAME),
            "media_type": media_type,
            "bytes": len(content),
            "sha256": contents.digest(content),
            "state": State.UPLOADING,
            "begun_at": service.clock.now(),
            "uploaded_by": principal.subject,
        }
        await repository.begin(tx, values)
    stored = await contents.sealed(service.privacy.at_rest, content, attachment_id)
    return await service.files.put(_path(values), stored) or attachment_id


async def finish(
    tx: Transaction, service: Service, principal: Principal, home: Home, attachment_id: UUID
) -> AttachmentView | Refusal:
    """The file is there: what it is for has it from now on."""
    if refusal := await _full(tx, service, principal, home):
        return refusal
    if not await repository.store(tx, attachment_id):
        return Refusal(NOT_ALLOWED_NOW)
    row = await repository.one(tx, home, attachment_id)
    assert row is not None, "it was stored just now"
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action="attachment.store",
        object_type="attachment",
        object_id=attachment_id,
        to_state=State.STORED,
        details=_of(home) | {"sha256": row["sha256"]},
    )
    return view(service, row)


async def read(
    service: Service, principal: Principal, home: Home, attachment_id: UUID
) -> tuple[AttachmentView, bytes] | Refusal:
    """The clear file, whose SHA-256 is the one it came with; an office's look is audited.

    Whether the principal sees what it is for, the route has asked.
    """
    row = await repository.one(service.database, home, attachment_id)
    if row is None:
        return Refusal(NOT_FOUND)
    stored = await service.files.get(_path(row))
    if isinstance(stored, Refusal):
        return stored
    content = await _opened(service, stored, row)
    if content is None:
        return Refusal(ATTACHMENT_DAMAGED)
    if principal.role is not Role.CITIZEN:
        async with service.database.transaction() as tx:
            await record(
                tx,
                principal,
                at=service.clock.now(),
                action="attachment.read",
                object_type="attachment",
                object_id=attachment_id,
                details=_of(home),
            )
    return view(service, row), content


async def sweep(tx: Transaction, service: Service, most: int = 100) -> int:
    """Deletes files begun an hour ago and never finished, and those of discarded drafts; returns how many."""
    unfinished = await repository.begun_before(tx, service.clock.now() - _GIVEN_UP_AFTER, most)
    discarded = await repository.discarded(tx, most)
    gone = 0
    for due, state in ((unfinished, State.ABANDONED), (discarded, State.ERASED)):
        deleted = [row["id"] for row in due if await service.files.delete(_path(row)) is None]
        if deleted:
            await repository.end(tx, deleted, state)
        gone += len(deleted)
    return gone


def view(service: Service, row: Row) -> AttachmentView:
    """An attachment with its name opened, for those who may see what it is for."""
    return AttachmentView(
        id=row["id"],
        claim_id=row["claim_id"],
        draft_id=row["draft_id"],
        objection_id=row["objection_id"],
        subject=Subject(row["subject"]),
        name=service.privacy.at_rest.decrypt(row["name_encrypted"], _NAME),
        media_type=row["media_type"],
        bytes=row["bytes"],
        sha256=row["sha256"],
        uploaded_at=row["begun_at"],
    )


def may_attach(principal: Principal, claim: Row) -> bool:
    """Who sees the claim, and who took it at a counter of whatever district (S06)."""
    if may_see_claim(principal, claim["person_key"], claim["district"]):
        return True
    filed_by, person = claim["filed_by"], claim["filed_by_person"]
    return principal.role is Role.DISTRICT_OFFICER and is_same_person(principal, filed_by, person)


async def _full(tx: Transaction, service: Service, principal: Principal, home: Home) -> Refusal | None:
    """Locks what the file is for, so that its number of files is right; refuses what takes no more."""
    locked = await _LOCKED[home.kind](tx, principal, home)
    if isinstance(locked, Refusal):
        return locked
    law = await law_of(tx, service, locked["issued_on"])
    most = law.attachments.per_claim if home.objection_id is None else law.objections.evidence_files
    return Refusal(ATTACHMENTS_FULL) if await repository.count(tx, home) >= most else None


async def _claim(tx: Transaction, principal: Principal, home: Home) -> Row | Refusal:
    """The claim, locked; files come while it is in review."""
    assert home.claim_id is not None, "asked for a claim"
    row = await claims.load_for_update(tx, home.claim_id)
    if row is None or not may_attach(principal, row):
        return Refusal(NOT_FOUND)
    return row if row["state"] in IN_REVIEW else Refusal(NOT_ALLOWED_NOW)


async def _draft(tx: Transaction, principal: Principal, home: Home) -> Row | Refusal:
    """The person's own draft, locked; files come until it is submitted or discarded."""
    assert home.draft_id is not None, "asked for a draft"
    row = await drafts.load_for_update(tx, home.draft_id, principal.person_key or "")
    if row is None:
        return Refusal(NOT_FOUND)
    return row if row["state"] == DraftState.DRAFT else Refusal(NOT_ALLOWED_NOW)


async def _objection(tx: Transaction, _: Principal, home: Home) -> Row | Refusal:
    """The objection whose receipt was shown, locked; files come while nobody has decided it."""
    assert home.objection_id is not None, "asked for an objection"
    row = await objections.for_evidence(tx, home.objection_id)
    return row if row["state"] in UNDECIDED else Refusal(NOT_ALLOWED_NOW)


_LOCKED: Mapping[str, Callable[[Transaction, Principal, Home], Awaitable[Row | Refusal]]] = {
    "claim": _claim,
    "draft": _draft,
    "objection": _objection,
}


async def _opened(service: Service, stored: bytes | None, row: Row) -> bytes | None:
    if stored is None:
        return None
    try:
        content = await contents.opened(service.privacy.at_rest, stored, row["id"])
    except CannotDecrypt:
        return None
    return content if contents.digest(content) == row["sha256"] else None


def _path(row: Row | Mapping[str, Any]) -> str:
    """A draft's file stays where it lies when the draft becomes a claim."""
    for name in ("draft_id", "objection_id", "claim_id"):
        if row[name] is not None:
            return f"{name.removesuffix('_id')}s/{row[name]}/{row['id']}"
    raise AssertionError("a file belongs to something")


def _of(home: Home) -> dict[str, str]:
    return {name: str(value) for name, value in home.named.items()}
