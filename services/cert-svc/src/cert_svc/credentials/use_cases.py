"""Attesting a certificate by a signed credential, showing it to its holder, and withdrawing it."""

import secrets

import orjson
from chuangpei.credentials.documents import Document, canonical
from chuangpei.database import Transaction

from cert_svc.certificates.certificate import Certificate
from cert_svc.certificates.lifecycle import State
from cert_svc.credentials import repository
from cert_svc.credentials.credential import Place, signed
from cert_svc.service import Service

_DRAWS = 8
"""With a list nine tenths full, four in ten certificates still find a place; then the next list is opened."""


async def attest(tx: Transaction, service: Service, certificate: Certificate) -> Document:
    """Signs and stores the certificate's credential, at a place in a status list that is drawn (C06)."""
    name = service.privacy.at_rest.decrypt(certificate.person.name_encrypted, "person.name")
    number = await repository.newest_list(tx)
    while True:
        for _ in range(_DRAWS):
            place = Place(number, secrets.randbelow(repository.LIST_ENTRIES))
            credential = signed(certificate, name, service.issuer, service.law, place, service.clock.now())
            if await repository.add(tx, credential, _sealed(service, credential.document)):
                return credential.document
        number += 1
        await repository.open_list(tx, number)


async def shown(tx: Transaction, service: Service, certificate: Certificate) -> Document | None:
    """The credential of a valid certificate, signed now where it was issued before there were any."""
    if certificate.state is not State.VALID:
        return None
    row = await repository.live(tx, certificate.id)
    if row is None:
        return await attest(tx, service, certificate)
    return opened(service, row["document_encrypted"])


def opened(service: Service, document_encrypted: str) -> Document:
    """The signed document as it was stored."""
    document: Document = orjson.loads(service.privacy.at_rest.decrypt(document_encrypted, _FIELD))
    return document


def _sealed(service: Service, document: Document) -> str:
    return service.privacy.at_rest.encrypt(canonical(document).decode(), _FIELD)


_FIELD = "credential.document"
