"""The certificate as a PDF: sealed (PAdES B-B), with the code of the paper among its keywords.

Whoever checks one looks at the seal first, over the bytes as they are: only what a trusted seal signed is
ever parsed as PDF. The code inside then says which certificate it is, as the printed page does.
"""

import asyncio
import logging
import re
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm

from chuangpei.credentials.documents import MAX_BYTES, Malformed
from chuangpei.credentials.seal import Seal

if TYPE_CHECKING:  # half a second of imports, needed only once there is a PDF
    from asn1crypto import cms
    from pyhanko.sign.signers.pdf_signer import PdfSigningSession

PREFIX = b"%PDF-"
_FIELD = "Seal"
_UNREADABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
)
"""What reading ASN.1 of any shape may raise; the verdict tells it, so the log need not."""
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)

_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,7})\s+(\d{1,7})\s+(\d{1,7})\s+(\d{1,7})\s*\]")
_CMS = re.compile(rb"<((?:[0-9a-fA-F]{2})+)>")


def sealed(pdf: bytes, seal: Seal, at: datetime) -> bytes:
    """The PDF with a signature over all of it, made at ``at``; it is appended, so that PDF/A stays PDF/A.

    Some ten milliseconds of work, for a thread without a running event loop.
    """
    return asyncio.run(_sealed(pdf, seal, at))


@dataclass(frozen=True, slots=True)
class SealedPdf:
    """A PDF that says to be sealed as a whole: the bytes that were signed, the CMS, and who signed."""

    content: bytes
    signed: bytes
    cms: "cms.SignedData"
    certificate: bytes

    def is_intact(self) -> bool:
        """Whether its certificate's key signed exactly these bytes.

        That the certificate ran out since does not matter: nothing in the file proves when it was signed, and
        the issuer vouches for its seals by naming them.
        """
        return asyncio.run(_is_intact(self))

    def code(self) -> str:
        """The code of the paper that it carries. To be asked only of one that is intact and trusted."""
        from pyhanko.pdf_utils.misc import PdfError
        from pyhanko.pdf_utils.reader import PdfFileReader

        try:
            return str(PdfFileReader(BytesIO(self.content)).trailer["/Info"]["/Keywords"])
        except (PdfError, KeyError, TypeError, ValueError) as error:
            raise Malformed("a document without the code of a certificate") from error


def opened(content: bytes) -> SealedPdf:
    """The PDF by what its one signature says, which has not been looked at yet.

    Raises :class:`Malformed` unless it is signed once and as a whole, with nothing beside the signature.
    """
    if len(content) > MAX_BYTES:
        raise Malformed(f"larger than {MAX_BYTES} bytes")
    ranges = _BYTE_RANGE.findall(content)
    if len(ranges) != 1:
        raise Malformed("not signed once")
    start, before, after, rest = (int(number) for number in ranges[0])
    gap = _CMS.fullmatch(content, before, after) if before <= after else None
    if start != 0 or after + rest != len(content) or gap is None:
        raise Malformed("not signed as a whole")
    signed_data, certificate = _read_cms(bytes.fromhex(gap[1].decode()))
    return SealedPdf(content, content[:before] + content[after:], signed_data, certificate)


def _read_cms(der: bytes) -> "tuple[cms.SignedData, bytes]":
    from asn1crypto import cms
    from pyhanko.sign.general import extract_certificate_info

    try:
        content = cms.ContentInfo.load(der)
        if der[len(content.dump()) :].strip(b"\0"):
            raise Malformed("more than a signature")
        certificate = extract_certificate_info(content["content"]).signer_cert
        return content["content"], certificate.dump()
    except Malformed:
        raise
    except _UNREADABLE as error:
        raise Malformed("a signature of another shape") from error


async def _is_intact(pdf: SealedPdf) -> bool:
    from asn1crypto import x509
    from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
    from pyhanko_certvalidator import ValidationContext

    certificate = x509.Certificate.load(pdf.certificate)
    context = ValidationContext(
        trust_roots=[certificate], allow_fetching=False, moment=certificate.not_valid_before
    )
    try:
        status = await async_validate_detached_cms(pdf.signed, pdf.cms, context)
    except _UNREADABLE:
        return False
    return bool(status.intact and status.valid and status.trusted)


async def _sealed(pdf: bytes, seal: Seal, at: datetime) -> bytes:
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

    session = _session(pdf, seal)
    session.system_time = at
    document = session.prepare_tbs_document(None, await session.estimate_signature_container_size(None))
    output = BytesIO()
    digest, _ = document.digest_tbs_document(output=output)
    await document.perform_signature(digest.document_digest, PdfCMSSignedAttributes())
    return output.getvalue()


def _session(pdf: bytes, seal: Seal) -> "PdfSigningSession":
    """The first step of signing: an update of the file, with a field that the page does not show."""
    from asn1crypto import keys, x509
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
    from pyhanko_certvalidator.registry import CertificateRegistry

    class Update(IncrementalPdfFileWriter):
        """Leaves the dates of the document as they are: it would write the machine's own time into them."""

        def _update_meta(self) -> None:
            pass

    own, *others = [x509.Certificate.load(one) for one in seal.certificates]
    vouching = CertificateRegistry.build(others)
    signer = SimpleSigner(own, keys.PrivateKeyInfo.load(seal.key), vouching)
    how = PdfSignatureMetadata(_FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    # PDF/A asks that the update begins on a line of its own.
    return PdfSigner(how, signer).init_signing_session(Update(BytesIO(pdf + b"\n")))
