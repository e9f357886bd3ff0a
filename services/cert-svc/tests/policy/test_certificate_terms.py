"""What certificates are called and who issues them is dated data (C01, C02, C03, T01)."""

from dataclasses import replace
from datetime import date

import pytest
from cert_svc.policy import certificates
from cert_svc.policy.certificates import CertificateBook
from chuangpei.kernel.dated import ParameterBook

FILE = certificates.Path(certificates.__file__).with_name("certificates.yaml")
CHANGED = """      - from: 2026-07-01
        article: 更名通知
        value: {zh: 上海市创业培训中心, en: Training Centre, credit_code: 12310000425000011M}
"""


@pytest.fixture
def book(tmp_path):
    def book(change):
        path = tmp_path / "certificates.yaml"
        path.write_text(change(FILE.read_text(encoding="utf-8")), encoding="utf-8")
        return CertificateBook(ParameterBook.load(path))

    return book


def renamed(text):
    issuer, mark, rest = text.partition("  # 证书种类.")
    return issuer.rstrip() + "\n" + CHANGED + mark + rest


def test_each_kind_and_stage_has_its_name_in_both_languages():
    terms = CertificateBook.load().on(date(2026, 6, 1))
    assert terms.kinds["training_qualification"].name.zh == "培训合格证书"
    assert terms.kinds["training_completion"].name.zh == "培训结业证书"
    assert terms.kinds["entrepreneurship_completion"].name.zh == "创业培训结业证书"
    assert [terms.stages[stage].zh for stage in (1, 2, 3, 4)] == [
        "创业意识激发期",
        "创业准备期",
        "创业初创期",
        "创业发展期",
    ]


def test_what_was_issued_before_the_first_day_is_called_as_on_it():
    assert CertificateBook.load().on(date(2020, 1, 1)).issuer.name.zh == "上海市就业促进中心"


def test_a_renamed_issuer_has_its_new_name_from_its_day(book):
    terms = book(renamed)
    assert terms.on(date(2026, 6, 30)).issuer.name.zh == "上海市就业促进中心"
    assert terms.on(date(2026, 7, 1)).issuer.name.zh == "上海市创业培训中心"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("credit_code: 12310000425000011M", "credit_code: 12310000425000011A"),
        ("type_code: 12310000425000011M003", "type_code: 12310000425000011M3"),
        ("type_code: 12310000425000011M003", "type_code: 12310000425000011X003"),
        ("          training_completion:", "          training_competition:"),
    ],
)
def test_a_wrong_code_or_a_missing_kind_is_found_at_the_start(book, old, new):
    with pytest.raises(ValueError, match=r"12310000425000011|training_competition"):
        book(lambda text: text.replace(old, new))


async def test_a_kind_keeps_its_name_and_an_edition_is_signed_in_the_issuers_name_of_its_day(office, book):
    terms = book(lambda text: renamed(text).replace("zh: 培训结业证书", "zh: 培训结业证明"))
    first = (await office.certificates(await office.complete()))["training_completion"]
    law = replace(office.service.law, certificates=terms)
    office.service = office.app.state.service = replace(office.service, law=law)
    office.clock.advance(days=40)
    assert await issuer_in(office, first) == "上海市就业促进中心"
    assert await issuer_in(office, (await office.reissue(first)).json()) == "上海市创业培训中心"
    assert (await office.check(first["number"])).json()["kind_zh"] == "培训结业证明"


async def issuer_in(office, certificate):
    path = f"/cert/v1/certificates/{certificate['number']}/credential"
    return (await office.http.get(path, headers=office.centre)).json()["issuer"]["name"]
