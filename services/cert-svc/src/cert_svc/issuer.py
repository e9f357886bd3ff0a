"""Who signs the certificates (发证机构): one DID, its keys, and the addresses that stand in what it signs."""

from dataclasses import dataclass
from datetime import timedelta

from chuangpei.credentials import did_web, keystore, seal
from chuangpei.credentials.checking import Issuer as TrustedIssuer
from chuangpei.credentials.documents import Document
from chuangpei.credentials.seal import Seals
from chuangpei.credentials.signing import Keys

from cert_svc.settings import Settings


@dataclass(frozen=True, slots=True)
class Issuer:
    """The issuer's DID, its keys and seals, and how long a status list of it is good."""

    did: str
    url: str
    keys: Keys
    seals: Seals
    list_lives: timedelta

    @property
    def status_url(self) -> str:
        """The address under which the numbered status lists stand."""
        return f"{self.url}/v1/status-lists"

    def list_url(self, number: int) -> str:
        """The address of one status list, which is its id too."""
        return f"{self.status_url}/{number}"

    def achievement_url(self, kind: str) -> str:
        """The address that names what a kind of certificate attests."""
        return f"{self.url}/v1/achievements/{kind}"

    def check_url(self, number: str) -> str:
        """The address of the page that says whether a certificate stands."""
        return f"{self.url}/check/{number}"

    def did_document(self) -> Document:
        """The DID document, with every key that is still trusted."""
        return did_web.document(self.did, self.keys.public.values())

    def as_trusted(self) -> TrustedIssuer:
        """What somebody needs to check what it signed."""
        return TrustedIssuer(self.did, self.keys.public, self.status_url, list(self.seals.trusted.values()))

    def trust(self) -> Document:
        """The same for those who check without a network: a part of the trust bundle."""
        return {
            "did_document": self.did_document(),
            "status_url": self.status_url,
            "seals": [seal.as_pem(one) for one in self.seals.trusted.values()],
        }


def issuer_of(settings: Settings) -> Issuer:
    """The issuer of the settings.

    Raises :class:`chuangpei.credentials.keystore.BadKey` for unfit keys or seals.
    """
    url = f"{settings.public_url.rstrip('/')}/cert"
    return Issuer(
        did=did_web.did_of(url),
        url=url,
        keys=keystore.load(settings.signing_keys, settings.signing_key),
        seals=seal.load(settings.seals, settings.seal),
        list_lives=timedelta(minutes=settings.status_list_minutes),
    )
