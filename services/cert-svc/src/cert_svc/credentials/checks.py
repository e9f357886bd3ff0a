"""Checking a carrier that somebody sends (核验凭证), by the issuer's own keys and the register of today."""

import asyncio

from chuangpei.credentials.checking import Checker
from chuangpei.credentials.documents import MAX_BYTES
from chuangpei.errors import Refused
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import BODY_TOO_LARGE

from cert_svc.certificates.public import public_view
from cert_svc.certificates.register import CHECK
from cert_svc.credentials.schemas import CheckView, said_by
from cert_svc.service import Service


async def checked(service: Service, content: bytes) -> CheckView:
    """What a carrier is worth today (C06). Raises :class:`Refused` (413) for one that is too large."""
    if len(content) > MAX_BYTES:
        raise Refused(Refusal(BODY_TOO_LARGE))
    lists = await service.status_lists.all(service.database)
    checker = Checker({service.issuer.did: service.issuer.as_trusted()}, lists.get)
    found = await asyncio.to_thread(checker.check, content, service.clock.now())
    number, holder, issued_on = said_by(found)
    row = await service.database.row(CHECK, {"number": number}) if number else None
    return CheckView(
        verdict=found.verdict,
        zh=found.reason.zh,
        en=found.reason.en,
        carrier=found.carrier,
        number=number,
        holder=holder,
        issued_on=issued_on,
        detail=found.detail,
        registered=public_view(row, service.law) if row else None,
    )
