"""Checking any carrier with nothing but trusted keys and status lists at hand: no network, no database."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from chuangpei.credentials import achievement, compact, data_integrity, did_web, paper, pdf, seal, status_list
from chuangpei.credentials.documents import Document, Malformed, read
from chuangpei.credentials.signing import PublicKey
from chuangpei.kernel.refusals import Text


class Carrier(StrEnum):
    """How a fact was carried: 可验证凭证, JWT, 纸质二维码, PDF."""

    CREDENTIAL = "credential"
    JWT = "jwt"
    PAPER = "paper"
    PDF = "pdf"


class Verdict(StrEnum):
    """What checking found; only the first says that the certificate stands."""

    VALID = "valid"
    REVOKED = "revoked"
    STATUS_UNKNOWN = "status_unknown"
    NOT_IN_TIME = "not_in_time"
    ALTERED = "altered"
    UNKNOWN_SIGNER = "unknown_signer"
    MALFORMED = "malformed"


REASONS: Mapping[Verdict, Text] = {
    Verdict.VALID: Text("签名有效，未被撤销", "The signature is good and it is not revoked"),
    Verdict.REVOKED: Text("签名有效，但已被撤销", "The signature is good, but it has been revoked"),
    Verdict.STATUS_UNKNOWN: Text(
        "签名有效，但没有有效的状态列表，无法判断是否被撤销",
        "The signature is good, but without a current status list nobody can tell whether it was revoked",
    ),
    Verdict.NOT_IN_TIME: Text("不在有效期内", "It is not valid at this time"),
    Verdict.ALTERED: Text("内容与签名不符", "The content is not what was signed"),
    Verdict.UNKNOWN_SIGNER: Text("签名者不在信任名单内", "The signer is not among the trusted"),
    Verdict.MALFORMED: Text("不是本平台的凭证", "This is none of the carriers known here"),
}


@dataclass(frozen=True, slots=True)
class Issuer:
    """A trusted issuer: its DID, its keys by name, and where its numbered status lists stand.

    ``seals`` are the X.509 certificates (DER) of those that seal its documents.
    """

    did: str
    keys: Mapping[str, PublicKey]
    status_url: str
    seals: Collection[bytes] = ()

    def list_url(self, number: int) -> str:
        """The address that names the status list of this number."""
        return f"{self.status_url}/{number}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a carrier found; ``says`` is what it says, given only where its signature is good."""

    verdict: Verdict
    carrier: Carrier | None = None
    says: Mapping[str, Any] = field(default_factory=dict)
    detail: str = ""

    @property
    def reason(self) -> Text:
        """The verdict in a sentence."""
        return REASONS[self.verdict]


StatusLists = Callable[[str], Document | None]
"""The signed status list of an address, or None where there is none at hand."""


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks carriers for those who trust these issuers, as of an instant (UTC)."""

    issuers: Mapping[str, Issuer]
    status_lists: StatusLists

    def check(self, content: bytes, now: datetime) -> Checked:
        """What a carrier is worth: its signature first, then its dates, then whether it was revoked.

        A PDF takes some ten milliseconds: for a thread without a running event loop.
        """
        carrier = carrier_of(content)
        try:
            match carrier:
                case Carrier.PAPER:
                    return self._paper(content.decode("ascii").strip(), now)
                case Carrier.JWT:
                    return self._jwt(content.decode("ascii").strip(), now)
                case Carrier.PDF:
                    return self._pdf(content, now)
                case _:
                    return self._credential(read(content), now)
        except Malformed as error:
            return Checked(Verdict.MALFORMED, carrier, detail=str(error))

    def _credential(self, document: Document, now: datetime) -> Checked:
        method = data_integrity.proof_of(document)["verificationMethod"]
        key = self._key(method, _issuer_of(document))
        if key is None:
            return Checked(Verdict.UNKNOWN_SIGNER, Carrier.CREDENTIAL)
        if not data_integrity.is_intact(document, key):
            return Checked(Verdict.ALTERED, Carrier.CREDENTIAL)
        return self._standing(document, Carrier.CREDENTIAL, now)

    def _jwt(self, text: str, now: datetime) -> Checked:
        method, document = compact.opened(text)
        key = self._key(method, _issuer_of(document))
        if key is None:
            return Checked(Verdict.UNKNOWN_SIGNER, Carrier.JWT)
        if not compact.is_intact(text, key):
            return Checked(Verdict.ALTERED, Carrier.JWT)
        return self._standing(document, Carrier.JWT, now)

    def _paper(self, text: str, now: datetime) -> Checked:
        key_id, found = paper.opened(text)
        issuer = self.issuers.get(found.issuer)
        key = issuer.keys.get(key_id) if issuer else None
        if issuer is None or key is None:
            return Checked(Verdict.UNKNOWN_SIGNER, Carrier.PAPER)
        if not paper.is_intact(text, key):
            return Checked(Verdict.ALTERED, Carrier.PAPER)
        entry = status_list.entry(issuer.list_url(found.status_list), found.status_index)
        says = {"number": found.number, "issued_on": found.issued_on.isoformat(), **found.fact}
        return Checked(self._status(entry, found.issuer, now), Carrier.PAPER, says)

    def _pdf(self, content: bytes, now: datetime) -> Checked:
        document = pdf.opened(content)
        issuers = {did: one for did, one in self.issuers.items() if document.certificate in one.seals}
        if not issuers:
            return Checked(Verdict.UNKNOWN_SIGNER, Carrier.PDF)
        if not document.is_intact():
            return Checked(Verdict.ALTERED, Carrier.PDF)
        # Whoever sealed the page must be who signed the code in it.
        found = replace(self, issuers=issuers)._paper(document.code(), now)
        return replace(found, carrier=Carrier.PDF)

    def _standing(self, document: Document, carrier: Carrier, now: datetime) -> Checked:
        if document.get("@context") != list(achievement.CONTEXTS):
            raise Malformed("words of another vocabulary")
        if not _in_time(document, now):
            return Checked(Verdict.NOT_IN_TIME, carrier, document)
        status = document.get("credentialStatus")
        if status is None:
            return Checked(Verdict.VALID, carrier, document)
        if not isinstance(status, dict):
            raise Malformed("a status of another shape")
        return Checked(self._status(status, _issuer_of(document), now), carrier, document)

    def _status(self, entry: Document, did: str, now: datetime) -> Verdict:
        """Whether the entry is set in its issuer's own list, if that list is at hand, signed and current."""
        listed = self.status_lists(str(entry.get("statusListCredential")))
        if listed is None:
            return Verdict.STATUS_UNKNOWN
        try:
            if not self._vouches(listed, did) or not _in_time(listed, now):
                return Verdict.STATUS_UNKNOWN
            return Verdict.REVOKED if status_list.is_revoked(listed, entry) else Verdict.VALID
        except Malformed:
            return Verdict.STATUS_UNKNOWN

    def _vouches(self, listed: Document, did: str) -> bool:
        """Whether the issuer itself signed this list; of another's nobody says what is revoked."""
        key = self._key(data_integrity.proof_of(listed)["verificationMethod"], did)
        return _issuer_of(listed) == did and key is not None and data_integrity.is_intact(listed, key)

    def _key(self, method: str, did: str) -> PublicKey | None:
        """The trusted key of this name, if it belongs to the one who says to have issued."""
        of, name = did_web.key_named(method)
        issuer = self.issuers.get(did)
        return issuer.keys.get(name) if issuer is not None and of == did else None


def trusted_in(bundle: Document) -> Checker:
    """The checker of a trust bundle: the issuers it names, and the status lists it brings along.

    Raises :class:`Malformed` where it is none.
    """
    issuers, lists = bundle.get("issuers"), bundle.get("status_lists")
    if not isinstance(issuers, list) or not isinstance(lists, list):
        raise Malformed("no trust bundle")
    if not all(isinstance(one, dict) for one in (*issuers, *lists)):
        raise Malformed("no trust bundle")
    trusted = [_issuer_in(one) for one in issuers]
    by_url = {str(one.get("id")): one for one in lists}
    return Checker({one.did: one for one in trusted}, by_url.get)


def _issuer_in(told: Document) -> Issuer:
    document, status_url = told.get("did_document"), told.get("status_url")
    if not isinstance(document, dict) or not isinstance(status_url, str):
        raise Malformed("an issuer of another shape")
    seals = told.get("seals", [])
    if not isinstance(seals, list) or not all(isinstance(one, str) for one in seals):
        raise Malformed("seals of another shape")
    keys = did_web.keys_in(document)
    return Issuer(str(document.get("id")), keys, status_url, [seal.from_pem(one) for one in seals])


def carrier_of(content: bytes) -> Carrier | None:
    """Which carrier the bytes look like, by how they begin."""
    if content.startswith(pdf.PREFIX):
        return Carrier.PDF
    start = content[:64].lstrip()
    if start.startswith(paper.PREFIX.encode()):
        return Carrier.PAPER if content.isascii() else None
    if start.startswith(b"{"):
        return Carrier.CREDENTIAL
    return Carrier.JWT if start.startswith(b"eyJ") and content.isascii() else None


def _issuer_of(document: Document) -> str:
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(named, str):
        raise Malformed("the issuer is not named")
    return named


def _in_time(document: Document, now: datetime) -> bool:
    first, last = document.get("validFrom"), document.get("validUntil")
    return (first is None or _instant(first) <= now) and (last is None or now < _instant(last))


def _instant(text: object) -> datetime:
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise Malformed("a date of another form") from error
    if instant.utcoffset() is None:
        raise Malformed("a date without its zone")
    return instant
