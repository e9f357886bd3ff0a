"""An issuer in tests: keys of its own, a certificate in every carrier, and what a checker trusts."""

import contextlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chuangpei.credentials import (
    achievement,
    compact,
    data_integrity,
    did_web,
    keystore,
    paper,
    pdf,
    seal,
    status_list,
)
from chuangpei.credentials.checking import Checked, Checker, Issuer
from chuangpei.credentials.documents import Document, canonical
from chuangpei.credentials.seal import Seal
from chuangpei.credentials.signing import Ed25519Signer, PublicKey, Signer, Sm2Signer

DID = did_web.did_of("https://chuangpei.example/cert")
STATUS_URL = "https://chuangpei.example/cert/v1/status-lists"
NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
INDEX = 100_017
SIGNERS: dict[str, Callable[[str], Signer]] = {
    "Ed25519": lambda name: Ed25519Signer(name, Ed25519PrivateKey.generate()),
    "SM2": lambda name: Sm2Signer(name, b"\x39" * 32),
}


def signing_settings(folder: Path) -> dict[str, Any]:
    """Settings of a service that signs, with the one key and the one seal made where there is none."""
    seals = folder.with_name("seals")
    with contextlib.suppress(FileExistsError):
        keystore.create(folder, "test-1")
    with contextlib.suppress(FileExistsError):
        seal.create(seals, "test-1", "测试发证机构")
    return {
        "signing_keys": folder,
        "signing_key": "test-1",
        "seals": seals,
        "seal": "test-1",
        "public_url": "https://chuangpei.example",
    }


def new_seal() -> Seal:
    """A seal that vouches for itself."""
    with tempfile.TemporaryDirectory() as folder:
        seal.create(Path(folder), "test-1", "测试发证机构")
        return seal.load(Path(folder), "test-1").seal


def blank_page(code: str) -> bytes:
    """A PDF that shows nothing and has a code among its keywords."""
    from pypdf import PdfWriter

    writer, page = PdfWriter(), BytesIO()
    writer.add_blank_page(10, 10)
    writer.add_metadata({"/Keywords": code})
    writer.write(page)
    return page.getvalue()


@dataclass
class Office:
    """Who issues, what was revoked, and what those who check have at hand."""

    signer: Signer
    seal: Seal = field(default_factory=lambda: new_seal())
    others: dict[str, PublicKey] = field(default_factory=dict)
    revoked: set[int] = field(default_factory=set)
    lists: dict[str, Document] = field(default_factory=dict)

    def document(self, **own: object) -> Document:
        """The credential, not signed yet, with members of its own."""
        award = achievement.Award(
            credential_id=UUID(int=7),
            issuer=DID,
            issuer_name="上海市就业促进中心",
            holder_name="张三丰",
            number="SH2026H56SDTZKS60A",
            achievement_id="https://chuangpei.example/cert/v1/achievements/training_qualification",
            achievement_type="Certificate",
            achievement_name="培训合格证书 · 改善你的企业",
            criteria="完成创业初创期培训并通过评价（沪人社规〔2025〕30号 一(二)）",
            assessed_by="上海示例职业技能培训学校",
            awarded=NOW - timedelta(days=30),
            status=status_list.entry(f"{STATUS_URL}/1", INDEX),
            identifier="12310000425000011M003.12310000425000011M.2026060104718210559433.001.1",
        )
        return achievement.credential(award) | own

    def credential(self, **own: object) -> Document:
        """The credential with its proof."""
        return data_integrity.secured(self.document(**own), self.signer, DID, NOW - timedelta(days=30))

    def jwt(self, **own: object) -> str:
        """The credential as a VC-JWT."""
        return compact.signed(self.document(**own), self.signer, DID)

    def code(self) -> str:
        """The code on its paper."""
        fact = {"k": "H", "n": "张三丰", "o": "上海示例职业技能培训学校", "p": "改善你的企业"}
        return paper.code(
            paper.Paper(DID, "SH2026H56SDTZKS60A", date(2026, 5, 2), 1, INDEX, fact), self.signer
        )

    def pdf(self) -> bytes:
        """A page with the code, sealed."""
        return pdf.sealed(blank_page(self.code()), self.seal, NOW - timedelta(days=30))

    def carriers(self) -> dict[str, bytes]:
        """The fact in every carrier, as bytes."""
        return {
            "credential": canonical(self.credential()),
            "jwt": self.jwt().encode(),
            "paper": self.code().encode(),
            "pdf": self.pdf(),
        }

    def publish(self, at: datetime = NOW, **own: object) -> Document:
        """Signs the status list of now."""
        url = f"{STATUS_URL}/1"
        packed = status_list.packed(status_list.LEAST_ENTRIES, self.revoked)
        listed = status_list.credential(url, DID, packed, at, timedelta(hours=1)) | own
        self.lists[url] = data_integrity.secured(listed, self.signer, DID, at)
        return self.lists[url]

    def check(self, content: bytes, now: datetime = NOW) -> Checked:
        """What somebody finds who trusts this office alone."""
        keys = {**self.others, self.signer.public.key_id: self.signer.public}
        return Checker(
            {DID: Issuer(DID, keys, STATUS_URL, self.seal.certificates[:1])}, self.lists.get
        ).check(content, now)
