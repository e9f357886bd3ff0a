"""What the page of the public check says (公开核验页): one word, one sentence, and what the paper shows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from chuangpei.credentials.checking import Verdict
from chuangpei.kernel.clock import SHANGHAI
from chuangpei.kernel.refusals import Text

from cert_svc.certificates.lifecycle import Standing
from cert_svc.certificates.schemas import PublicCertificateView
from cert_svc.credentials.schemas import CheckView


class Fact(NamedTuple):
    """A name and a value."""

    name: Text
    value: Text


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of one check; ``registered`` is what the register says of its number."""

    tone: Literal["good", "warn", "bad"]
    word: Text
    sentence: Text
    registered: PublicCertificateView | None = None
    facts: tuple[Fact, ...] = ()


UNKNOWN = Answer(
    "bad",
    Text("未找到", "Not found"),
    Text("没有这样的证书，请核对编号。", "There is no such certificate; please compare the number."),
)

TOO_OFTEN = Answer(
    "warn",
    Text("请稍后再试", "Please try again later"),
    Text("核验过于频繁，请一分钟后再试。", "Too many checks were asked for; please wait a minute."),
)

_WORDS: Mapping[Standing, tuple[Literal["good", "warn", "bad"], Text, Text]] = {
    Standing.VALID: (
        "good",
        Text("有效", "Valid"),
        Text("登记在册，未被撤销。", "It is on the register and has not been revoked."),
    ),
    Standing.REISSUED: (
        "warn",
        Text("已换发", "Replaced"),
        Text("该编号已换发，现行编号为：", "This number was replaced; the number in force is:"),
    ),
    Standing.REVOKED: (
        "bad",
        Text("已撤销", "Revoked"),
        Text("该证书已被撤销，不再有效。", "This certificate was revoked and is no longer valid."),
    ),
}


def by_number(registered: PublicCertificateView, at: datetime) -> Answer:
    """What the register says of a number at ``at`` (UTC)."""
    tone, word, sentence = _WORDS[registered.status]
    return Answer(tone, word, sentence, registered, (*_shown(registered, registered.holder), _checked(at)))


def by_code(found: CheckView, at: datetime) -> Answer:
    """What a code is worth at ``at`` (UTC); the holder is named as the code does.

    It is as good as the register says of its number, and never better than its own signature and status.
    """
    known = found.registered
    withdrawn = found.verdict is Verdict.REVOKED and known is not None and known.status is not Standing.VALID
    if known is None or not (found.verdict is Verdict.VALID or withdrawn):
        return Answer("bad", Text("不可信", "Not to be trusted"), Text(f"{found.zh}。", f"{found.en}."))
    tone, word, sentence = _WORDS[known.status]
    facts = (*_shown(known, found.holder or known.holder), _checked(at))
    return Answer(tone, word, sentence, known, facts)


def _shown(registered: PublicCertificateView, holder: str) -> Iterator[Fact]:
    yield Fact(Text("证书", "Certificate"), Text(registered.kind_zh, registered.kind_en))
    yield Fact(Text("编号", "Number"), _same(registered.number))
    if registered.identifier:
        yield Fact(Text("电子证照标识", "Identifier"), _same(registered.identifier))
    yield Fact(Text("持证人", "Holder"), _same(holder))
    yield Fact(Text("培训项目", "Project"), _same(registered.project))
    yield Fact(Text("培训阶段", "Stage"), Text(registered.stage_zh, registered.stage_en))
    yield Fact(Text("培训机构", "Institution"), _same(registered.institution))
    yield Fact(Text("颁发日期", "Issued on"), _day(registered.issued_on))
    if registered.revoked_on:
        yield Fact(Text("撤销日期", "Revoked on"), _day(registered.revoked_on))


def _checked(at: datetime) -> Fact:
    local = at.astimezone(SHANGHAI)
    return Fact(Text("核验时间", "Checked at"), _same(f"{local:%Y-%m-%d %H:%M:%S} (UTC+8)"))


def _day(on: date) -> Text:
    return Text(f"{on.year}年{on.month}月{on.day}日", f"{on.day} {on:%B %Y}")


def _same(text: str) -> Text:
    return Text(text, text)
