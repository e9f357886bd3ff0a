"""The certificate as one sealed page: what it shows, and that it may be archived."""

import io
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from chuangpei.auth import Role
from chuangpei.credentials import paper
from chuangpei.kernel.clock import civil_date
from chuangpei_kafka import FetchFailed, fetch_jars
from chuangpei_kafka.java import java_program, java_release
from pypdf import PdfReader

POM = Path(__file__).with_name("verapdf") / "pom.xml"
CACHE = Path(__file__).parents[4] / ".cache" / "verapdf"
KINDS = {"entrepreneurship_completion": 1, "training_completion": 3, "training_qualification": 3}


async def issued(office, kind="training_completion", **given):
    """A certificate of the kind, just issued."""
    event = await office.complete(stage=KINDS[kind], **given)
    if kind == "training_qualification":
        await office.evaluated(event, 90)
    return (await office.certificates(event))[kind]


async def taken(office, certificate, by=None):
    return await office.http.get(
        f"/cert/v1/certificates/{certificate['number']}/document.pdf",
        headers=by or office.as_(Role.CITIZEN, "trainee"),
    )


def read(content):
    return PdfReader(io.BytesIO(content))


@pytest.mark.parametrize("kind", KINDS)
async def test_one_page_shows_what_the_certificate_says(office, kind):
    certificate = await issued(office, kind)
    answer = await taken(office, certificate)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    assert f"{certificate['number']}.pdf" in answer.headers["content-disposition"]
    (page,) = read(answer.content).pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(
        (841.89, 595.28), abs=0.1
    )
    shown = page.extract_text()
    for text in (
        certificate["kind_zh"],
        certificate["kind_en"],
        certificate["number"],
        "张三丰",
        "浦东创业学院",
        "创业初创期培训",
        "上海市就业促进中心",
        certificate["identifier"],
    ):
        assert text in shown
    assert "2026年6月1日" in shown.replace(" ", "")
    assert ("评价日期" in shown) is (kind == "training_qualification")


async def test_the_code_among_its_keywords_is_the_code_of_the_paper(office):
    certificate = await issued(office)
    code = await office.http.get(f"/cert/v1/certificates/{certificate['number']}/code", headers=office.centre)
    metadata = read((await taken(office, certificate)).content).metadata
    assert metadata["/Keywords"] == code.text
    assert paper.opened(metadata["/Keywords"])[1].number == certificate["number"]


async def test_the_page_stays_the_same_and_the_seal_is_of_the_day_it_was_asked_for(office):
    certificate = await issued(office)
    first = (await taken(office, certificate)).content
    office.clock.advance(days=30)
    later = (await taken(office, certificate)).content
    sealed_on = [read(one).get_fields()["Seal"]["/V"]["/M"][2:10] for one in (first, later)]
    assert sealed_on == ["20260601", f"{civil_date(office.clock.now()):%Y%m%d}"]
    page = first[: first.index(b"%%EOF")]
    assert later.startswith(page)


async def test_a_name_that_the_font_lacks_is_told_and_the_other_carriers_are_good(office):
    event = office.completion()
    person = office.person(name="张\U00020000")
    await office.deliver(event.model_copy(update={"person": person}))
    (certificate,) = (await office.certificates(event)).values()
    answer = await taken(office, certificate)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_on_paper")
    assert "\U00020000" in answer.json()["detail"]
    for carrier in ("credential", "credential.jwt", "code"):
        carried = await office.http.get(
            f"/cert/v1/certificates/{certificate['number']}/{carrier}", headers=office.centre
        )
        assert carried.status_code == 200


async def test_what_a_trainee_is_called_is_never_run(office):
    event = office.completion()
    person = office.person(name='#read("/etc/passwd")')
    await office.deliver(event.model_copy(update={"person": person}))
    (certificate,) = (await office.certificates(event)).values()
    (page,) = read((await taken(office, certificate)).content).pages
    assert '#read("/etc/passwd")' in page.extract_text()


async def test_a_changed_page_is_found_altered_and_nothing_of_the_register_is_told(office):
    certificate = await issued(office)
    good = (await taken(office, certificate)).content
    place = good.index(b"/MediaBox[0 0 8") + 14
    changed = good[:place] + b"9" + good[place + 1 :]
    found = (await office.http.post("/cert/v1/checks", content=changed)).json()
    assert (found["verdict"], found["number"], found["registered"]) == ("altered", None, None)


@pytest.fixture(scope="module")
def is_archival() -> Callable[[Path], bool]:
    """veraPDF's word on whether a file is PDF/A-2b."""
    java = java_program()
    try:
        if java is None or (java_release(java) or 0) < 11:
            raise FetchFailed("Java 11 is not installed.")
        jars = fetch_jars(POM, CACHE)
    except FetchFailed as missing:
        if os.environ.get("REQUIRE_VERAPDF") == "1":
            pytest.fail(str(missing))
        pytest.skip(f"veraPDF is left out: {missing}")

    def asked(file: Path) -> bool:
        command = [java, "-cp", f"{jars}/*", "org.verapdf.apps.GreenfieldCliWrapper"]
        told = subprocess.run(
            [*command, "--format", "text", "--flavour", "2b", file],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        verdict, _, _ = told.stdout.partition(" ")
        assert verdict in ("PASS", "FAIL"), told.stderr
        return verdict == "PASS"

    return asked


async def test_verapdf_finds_the_sealed_page_archival(office, is_archival, tmp_path):
    file = tmp_path / "certificate.pdf"
    for kind in KINDS:
        file.write_bytes((await taken(office, await issued(office, kind))).content)
        assert is_archival(file), kind
    file.write_bytes(file.read_bytes().replace(b"<pdfaid:part>2<", b"<pdfaid:part>3<"))
    assert not is_archival(file)


async def test_a_reissued_page_names_its_own_number_and_day_and_the_old_one_is_carried_no_more(office):
    certificate = await issued(office)
    old = (await taken(office, certificate)).content
    office.clock.advance(days=10)
    renewed = (await office.reissue(certificate)).json()
    shown = read((await taken(office, renewed)).content).pages[0].extract_text().replace(" ", "")
    for text in (renewed["number"], "2026年6月1日", "换发日期", "2026年6月11日"):
        assert text in shown
    assert (await taken(office, certificate)).status_code == 404
    found = (await office.http.post("/cert/v1/checks", content=old)).json()
    assert (found["verdict"], found["registered"]["reissued_as"]) == ("revoked", renewed["number"])
