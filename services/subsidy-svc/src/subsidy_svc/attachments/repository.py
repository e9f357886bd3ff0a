"""Named queries over attachments."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam, func

from subsidy_svc.attachments.lifecycle import State
from subsidy_svc.attachments.tables import attachments
from subsidy_svc.drafts.tables import drafts


class Home(NamedTuple):
    """Where a file belongs: to a claim, with the files of the draft it was, to a draft, to an objection."""

    claim_id: UUID | None = None
    draft_id: UUID | None = None
    objection_id: UUID | None = None

    @property
    def named(self) -> dict[str, UUID]:
        """The one of the three that it is."""
        return {name: value for name, value in self._asdict().items() if value is not None}

    @property
    def kind(self) -> str:
        """``claim``, ``draft`` or ``objection``."""
        [name] = self.named
        return name.removesuffix("_id")


_INSERT = Statement(
    attachments.insert().values(
        {one.name: bindparam(one.name, type_=one.type) for one in attachments.columns}
    )
)
_IS_STORED = sa.text("attachments.state = 'stored'")
_IS_UPLOADING = sa.text("attachments.state = 'uploading'")
_IS_DISCARDED = sa.text("attachments.state = 'discarded'")
_became = sa.select(drafts.c.claim_id).where(drafts.c.id == attachments.c.draft_id).scalar_subquery()
_SHOWN = (
    *(column for column in attachments.columns if column.name != "claim_id"),
    func.coalesce(attachments.c.claim_id, _became).label("claim_id"),
)
_claim_id, _draft_id, _objection_id = (bindparam(name, type_=sa.Uuid) for name in Home._fields)
_was = sa.select(drafts.c.id).where(drafts.c.claim_id == _claim_id).scalar_subquery()
_stored = sa.select(*_SHOWN).where(_IS_STORED)
# Each half by its own index: a claim's files, and those of the draft that it was.
_of_claim = sa.union_all(
    _stored.where(attachments.c.claim_id == _claim_id), _stored.where(attachments.c.draft_id == _was)
)
_FILES = {
    "claim": _of_claim.subquery("files"),
    "draft": _stored.where(attachments.c.draft_id == _draft_id).subquery("files"),
    "objection": _stored.where(attachments.c.objection_id == _objection_id).subquery("files"),
}
_LISTED = {kind: Statement(sa.select(files).order_by(files.c.id)) for kind, files in _FILES.items()}
_COUNT = {kind: Statement(sa.select(func.count()).select_from(files)) for kind, files in _FILES.items()}
_ONE = {
    kind: Statement(sa.select(files).where(files.c.id == bindparam("id", type_=sa.Uuid)))
    for kind, files in _FILES.items()
}
_STORE = Statement(
    attachments.update().where(attachments.c.id == bindparam("of_id"), _IS_UPLOADING).values(state="stored")
)
_DISCARD = Statement(
    attachments.update()
    .where(attachments.c.draft_id == bindparam("of_draft", type_=sa.Uuid), _IS_STORED)
    .values(state="discarded")
)
_PATH = (attachments.c.id, *(attachments.c[name] for name in Home._fields))
_UNFINISHED = Statement(
    sa.select(*_PATH)
    .where(_IS_UPLOADING, attachments.c.begun_at < bindparam("before", type_=sa.DateTime(timezone=True)))
    .order_by(attachments.c.begun_at)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)
_DISCARDED = Statement(
    sa.select(*_PATH)
    .where(_IS_DISCARDED)
    .order_by(attachments.c.id)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)
_END = Statement(
    attachments.update()
    .where(attachments.c.id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))))
    .values(state=bindparam("to_state", type_=sa.Text))
)


async def begin(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Writes that a file is about to be stored."""
    await tx.execute(_INSERT, values)


async def store(tx: Transaction, attachment_id: UUID) -> bool:
    """Writes that the file is there; False where it was given up meanwhile."""
    return await tx.execute(_STORE, {"of_id": attachment_id}) == 1


async def count(tx: Transaction, home: Home) -> int:
    """How many files a claim, a draft or an objection has."""
    found: int = await tx.value(_COUNT[home.kind], home.named)
    return found


async def listed(database: Database, home: Home) -> list[Row]:
    """The files of a claim, a draft or an objection, the first one first."""
    return await database.rows(_LISTED[home.kind], home.named)


async def one(source: Database | Transaction, home: Home, attachment_id: UUID) -> Row | None:
    """One file of a claim, a draft or an objection."""
    return await source.row(_ONE[home.kind], {"id": attachment_id, **home.named})


async def discard(tx: Transaction, draft_id: UUID) -> None:
    """Writes that a draft's files are given up with it; the database refuses it once the draft is a claim."""
    await tx.execute(_DISCARD, {"of_draft": draft_id})


async def begun_before(tx: Transaction, before: datetime, most: int) -> list[Row]:
    """Files begun and never finished, locked; those that others have locked are left out."""
    return await tx.rows(_UNFINISHED, {"before": before, "most": most})


async def discarded(tx: Transaction, most: int) -> list[Row]:
    """Files given up with their draft, not erased yet, locked; those that others have locked are left out."""
    return await tx.rows(_DISCARDED, {"most": most})


async def end(tx: Transaction, ids: Sequence[UUID], state: State) -> None:
    """Writes that the files are gone."""
    await tx.execute(_END, {"ids": list(ids), "to_state": state})
