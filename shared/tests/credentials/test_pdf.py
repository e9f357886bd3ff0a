"""The sealed PDF: good as it was sealed and in no other form; others' readers find what ours finds."""

import asyncio
import re
import shutil
import subprocess
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import x509
from chuangpei.credentials import pdf
from chuangpei.credentials.checking import Carrier, Checked, Verdict
from chuangpei.credentials.documents import MAX_BYTES
from chuangpei.testing.credentials import NOW, SIGNERS, Office, blank_page, new_seal
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext


@pytest.fixture(scope="module")
def office() -> Office:
    made = Office(SIGNERS["Ed25519"]("2026-1"))
    made.publish()
    return made


@pytest.fixture(scope="module")
def good(office: Office) -> bytes:
    return office.pdf()


def signature_in(content: bytes) -> tuple[int, int]:
    """Where the signature begins and ends."""
    found = re.search(rb"/Contents (<[0-9A-F]+>)", content)
    assert found
    return found.span(1)


def test_it_says_what_its_code_says(office: Office, good: bytes) -> None:
    code = office.check(office.code().encode())
    assert office.check(good) == Checked(Verdict.VALID, Carrier.PDF, code.says)


def test_the_page_is_kept_as_it_was_and_the_seal_says_when(office: Office) -> None:
    page = blank_page(office.code())
    sealed = pdf.sealed(page, office.seal, NOW)
    assert sealed.startswith(page)
    assert PdfFileReader(BytesIO(sealed)).embedded_signatures[0].sig_object["/M"] == "D:20260601040000Z"
    assert PdfFileReader(BytesIO(sealed)).trailer["/Info"] == PdfFileReader(BytesIO(page)).trailer["/Info"]


def test_every_changed_byte_of_what_is_sealed_is_noticed(office: Office, good: bytes) -> None:
    begins, ends = signature_in(good)
    for place in [*range(0, begins, 5), *range(ends, len(good), 3)]:
        changed = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
        assert office.check(changed).verdict is not Verdict.VALID, place


def test_what_is_put_around_or_behind_the_signature_is_noticed(office: Office, good: bytes) -> None:
    _, ends = signature_in(good)
    hidden = good[: ends - 3] + b"AB" + good[ends - 1 :]
    for changed in (good + b"\n", good + b"%%EOF", b"%PDF-" + good, hidden, good + good):
        assert office.check(changed).verdict is Verdict.MALFORMED


def test_an_update_after_the_seal_is_noticed(office: Office, good: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(good))
    writer.document_meta.title = "另一证书"
    writer.update_root()
    writer.write_in_place()
    assert office.check(writer.prev.stream.getvalue()).verdict is Verdict.MALFORMED


def test_a_second_seal_is_noticed(office: Office, good: bytes) -> None:
    with pytest.raises(ValueError, match="filled"):
        pdf.sealed(good, office.seal, NOW)


def test_what_another_seal_sealed_is_refused(office: Office) -> None:
    """Even one whose certificate names the same owner."""
    forged = pdf.sealed(blank_page(office.code()), new_seal(), NOW)
    assert office.check(forged).verdict is Verdict.UNKNOWN_SIGNER


def test_a_certificate_put_beside_anothers_signature_is_noticed(office: Office, good: bytes) -> None:
    forger = Office(office.signer, seal=new_seal())
    forged = forger.pdf()
    own = office.seal.certificates[0].hex().upper().encode()
    swapped = forged.replace(forger.seal.certificates[0].hex().upper().encode(), own)
    assert swapped != forged
    assert office.check(swapped).verdict in (Verdict.ALTERED, Verdict.MALFORMED)


def test_the_seal_alone_makes_no_certificate(office: Office) -> None:
    """A page whose code is nothing, another's or altered does not stand, whoever sealed it."""
    stranger = Office(SIGNERS["Ed25519"]("2031-9"))
    for code, verdict in (
        ("", Verdict.MALFORMED),
        ("SH2026H56SDTZKS60A", Verdict.MALFORMED),
        (stranger.code(), Verdict.UNKNOWN_SIGNER),
        (Office(SIGNERS["Ed25519"]("2026-1")).code(), Verdict.ALTERED),
    ):
        found = office.check(pdf.sealed(blank_page(code), office.seal, NOW))
        assert (found.verdict, found.carrier, dict(found.says)) == (verdict, Carrier.PDF, {})


def test_it_stays_good_after_the_certificate_of_the_seal_ran_out(office: Office, good: bytes) -> None:
    later = NOW + timedelta(days=365 * 40)
    office.publish(later)
    assert office.check(good, later).verdict is Verdict.VALID
    office.publish()


@pytest.mark.parametrize("content", [b"%PDF-", b"%PDF-1.7\n%%EOF", b"%PDF-1.7 /ByteRange [0 9 9 9]"])
def test_a_pdf_without_a_seal_is_told_so(office: Office, content: bytes) -> None:
    assert office.check(content).verdict is Verdict.MALFORMED
    assert office.check(blank_page(office.code())).verdict is Verdict.MALFORMED


def test_a_file_too_large_is_not_looked_at(office: Office, good: bytes) -> None:
    assert office.check(good + b"\n" * MAX_BYTES).detail == f"larger than {MAX_BYTES} bytes"


def test_a_whole_readers_validation_finds_it_good(office: Office, good: bytes) -> None:
    """pyHanko's own, of the document and not of the bytes."""
    (embedded,) = PdfFileReader(BytesIO(good)).embedded_signatures
    root = x509.Certificate.load(office.seal.certificates[0])
    context = ValidationContext(trust_roots=[root], moment=NOW)
    status = asyncio.run(async_validate_pdf_signature(embedded, context))
    assert status.bottom_line
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert embedded.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig (poppler-utils) is not installed")
def test_poppler_finds_the_signature_good_and_a_changed_page_false(good: bytes, tmp_path: Path) -> None:
    place = good.index(b"/MediaBox") + 14
    changed = good[:place] + b"3" + good[place + 1 :]
    assert changed != good
    for content, told in ((good, "Signature is Valid."), (changed, "Digest Mismatch.")):
        file = tmp_path / "certificate.pdf"
        file.write_bytes(content)
        shown = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False)
        assert f"Signature Validation: {told}" in shown.stdout
        assert "Total document signed" in shown.stdout
