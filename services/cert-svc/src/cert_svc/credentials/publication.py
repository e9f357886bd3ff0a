"""Publishing who was revoked: signed status lists, built when asked for and kept until they change or age."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from chuangpei.credentials import data_integrity, status_list
from chuangpei.credentials.documents import Document
from chuangpei.database import Database
from chuangpei.kernel.clock import Clock

from cert_svc.credentials import repository
from cert_svc.issuer import Issuer

_YOUNG = 4
"""A list is signed anew after a quarter of its life, so that whoever fetches it has it for a while."""


@dataclass(frozen=True, slots=True)
class _Published:
    revision: int
    signed_at: datetime
    document: Document


class StatusLists:
    """The signed status lists of the issuer, as of now."""

    def __init__(self, issuer: Issuer, clock: Clock) -> None:
        self._issuer = issuer
        self._clock = clock
        self._published: dict[int, _Published] = {}

    async def current(self, database: Database, number: int) -> Document | None:
        """The signed list of this number, with every revocation committed before; None for no list."""
        row = await repository.status_list(database, number)
        if row is None:
            return None
        known, now = self._published.get(number), self._clock.now()
        if known is None or known.revision != row["revision"] or not self._is_young(known, now):
            withdrawn = await repository.withdrawn(database, number)
            known = await asyncio.to_thread(
                self._signed, number, row["entries"], row["revision"], withdrawn, now
            )
            self._published[number] = known
        return known.document

    async def all(self, database: Database) -> dict[str, Document]:
        """Every signed list by its address."""
        found = [await self.current(database, number) for number in await repository.list_numbers(database)]
        return {one["id"]: one for one in found if one is not None}

    def _is_young(self, known: _Published, now: datetime) -> bool:
        return known.signed_at <= now < known.signed_at + self._issuer.list_lives / _YOUNG

    def _signed(
        self, number: int, entries: int, revision: int, withdrawn: list[int], now: datetime
    ) -> _Published:
        issuer = self._issuer
        packed = status_list.packed(entries, withdrawn)
        made = status_list.credential(issuer.list_url(number), issuer.did, packed, now, issuer.list_lives)
        secured = data_integrity.secured(made, issuer.keys.signer, issuer.did, now)
        return _Published(revision, now, secured)
