"""Attaching a file to a claim, reading it, and sweeping what was never finished (附件; S06, S07).

A row says that a file is about to come before the store has it: wherever the process dies, a file has its
row. The row becomes visible when the file is there; one that never is, is swept with its file.
"""

from datetime import timedelta
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
from subsidy_svc.attachments.schemas import AttachmentView, FileQuery
from subsidy_svc.claims import repository as claims
from subsidy_svc.claims.lifecycle import IN_REVIEW
from subsidy_svc.law.published import law_of
from subsidy_svc.problems import ATTACHMENT_DAMAGED, ATTACHMENTS_FULL
from subsidy_svc.service import Service
from subsidy_svc.supplements.schemas import Subject

_GIVEN_UP_AFTER = timedelta(hours=1)
_NAME = "subsidy.attachment_name"


async def upload(
    service: Service, principal: Principal, claim_id: UUID, query: FileQuery, content: bytes
) -> UUID | Refusal:
    """Begins an attachment and stores its file sealed; :func:`finish` makes it visible."""
    media_type = contents.media_type_of(content)
    if isinstance(media_type, Refusal):
        return media_type
    attachment_id = new_id()
    async with service.database.transaction() as tx:
        if refusal := await _may_attach(tx, service, principal, claim_id):
            return refusal
        values = {
            "id": attachment_id,
            "claim_id": claim_id,
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
    return await service.files.put(_path(claim_id, attachment_id), stored) or attachment_id


async def finish(
    tx: Transaction, service: Service, principal: Principal, claim_id: UUID, attachment_id: UUID
) -> AttachmentView | Refusal:
    """The file is there: the claim has it from now on."""
    if refusal := await _may_attach(tx, service, principal, claim_id):
        return refusal
    if not await repository.store(tx, attachment_id):
        return Refusal(NOT_ALLOWED_NOW)
    row = await repository.one(tx, claim_id, attachment_id)
    assert row is not None, "it was stored just now"
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action="attachment.store",
        object_type="attachment",
        object_id=attachment_id,
        to_state=State.STORED,
        details={"claim_id": str(claim_id), "sha256": row["sha256"]},
    )
    return view(service, row)


async def read(
    service: Service, principal: Principal, claim_id: UUID, attachment_id: UUID
) -> tuple[AttachmentView, bytes] | Refusal:
    """The clear file, whose SHA-256 is the one it came with; an office's look is audited."""
    claim = await claims.owner(service.database, claim_id)
    row = await repository.one(service.database, claim_id, attachment_id)
    if claim is None or row is None or not may_see_claim(principal, claim["person_key"], claim["district"]):
        return Refusal(NOT_FOUND)
    stored = await service.files.get(_path(claim_id, attachment_id))
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
                details={"claim_id": str(claim_id)},
            )
    return view(service, row), content


async def sweep(tx: Transaction, service: Service, most: int = 100) -> int:
    """Gives up what was begun an hour ago and never finished, and deletes its file; returns how many."""
    due = await repository.begun_before(tx, service.clock.now() - _GIVEN_UP_AFTER, most)
    gone = [row["id"] for row in due if await service.files.delete(_path(row["claim_id"], row["id"])) is None]
    if gone:
        await repository.abandon(tx, gone)
    return len(gone)


def view(service: Service, row: Row) -> AttachmentView:
    """An attachment with its name opened, for those who may see the claim."""
    return AttachmentView(
        id=row["id"],
        claim_id=row["claim_id"],
        subject=Subject(row["subject"]),
        name=service.privacy.at_rest.decrypt(row["name_encrypted"], _NAME),
        media_type=row["media_type"],
        bytes=row["bytes"],
        sha256=row["sha256"],
        uploaded_at=row["begun_at"],
    )


async def _may_attach(
    tx: Transaction, service: Service, principal: Principal, claim_id: UUID
) -> Refusal | None:
    """Locks the claim, so that its number of files is right; files come while it is in review."""
    row = await claims.load_for_update(tx, claim_id)
    if row is None or not may_see_claim(principal, row["person_key"], row["district"]):
        return Refusal(NOT_FOUND)
    if row["state"] not in IN_REVIEW:
        return Refusal(NOT_ALLOWED_NOW)
    most = (await law_of(tx, service, row["issued_on"])).attachments.per_claim
    return Refusal(ATTACHMENTS_FULL) if await repository.count(tx, claim_id) >= most else None


async def _opened(service: Service, stored: bytes | None, row: Row) -> bytes | None:
    if stored is None:
        return None
    try:
        content = await contents.opened(service.privacy.at_rest, stored, row["id"])
    except CannotDecrypt:
        return None
    return content if contents.digest(content) == row["sha256"] else None


def _path(claim_id: UUID, attachment_id: UUID) -> str:
    return f"claims/{claim_id}/{attachment_id}"
