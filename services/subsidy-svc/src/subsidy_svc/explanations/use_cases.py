"""Explaining a claim (办理说明): everything that is known of it, put in plain words."""

from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Row
from chuangpei.kernel.districts import DISTRICTS
from chuangpei.kernel.money import Fen, yuan
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import NOT_FOUND
from chuangpei.web import FindingView

from subsidy_svc.access import may_see_claim
from subsidy_svc.claims import repository as claims
from subsidy_svc.claims.lifecycle import State
from subsidy_svc.claims.timeline import told
from subsidy_svc.explanations.schemas import Explanation, Sentence
from subsidy_svc.explanations.wording import WORDS, Situation, Told
from subsidy_svc.law.published import law_of
from subsidy_svc.policy.parameters import Law
from subsidy_svc.service import Service
from subsidy_svc.supplements import repository as supplements
from subsidy_svc.windows import repository as windows
from subsidy_svc.windows.window import Window


async def explain(service: Service, principal: Principal, claim_id: UUID) -> Explanation | Refusal:
    """What was decided about a claim, by which article, what to do next and until when (S01–S11, D01–D06)."""
    row = await claims.detail(service.database, claim_id)
    if row is None or not may_see_claim(principal, row["person_key"], row["district"]):
        return Refusal(NOT_FOUND)
    window = await windows.one_of_person(service.database, row["certificate_id"], row["person_key"])
    assert window is not None, "a claim has its window"
    law = await law_of(service.database, service, row["issued_on"])
    words = WORDS[State(row["state"])](_situation(service, row, window))
    done = await claims.timeline(service.database, claim_id)
    asked = await supplements.of_claim(service.database, claim_id)
    return _explanation(service, row, law, words, done, asked)


def _situation(service: Service, row: Row, window: Window) -> Situation:
    # The window may be over for applying, while a claim made in time goes on.
    is_open = window.days_left(service.clock.today()) > 0
    return Situation(
        district=_district(row["district"]),
        yuan=yuan(Fen(row["amount_fen"])),
        account=row["account_masked"],
        due_on=row["due_on"],
        notice_last_day=row["notice_last_day"],
        batch_number=row["batch_number"],
        bank_code=row["bank_code"],
        certificate_revoked_on=window.revoked_on,
        may_claim_until=window.last_day if is_open else None,
    )


def _explanation(
    service: Service, row: Row, law: Law, words: Told, done: list[Row], asked: list[Row]
) -> Explanation:
    awaited = [one for one in asked if one["given_at"] is None]
    return Explanation(
        claim_id=row["id"],
        written_at=service.clock.now(),
        state=State(row["state"]),
        holder=row["masked_name"],
        certificate_number=row["certificate_number"],
        institution_name=row["institution_name"],
        project_name=row["project_name"],
        enterprise_name=row["enterprise_name"],
        office=_sentence(_district(row["district"])),
        amount_yuan=yuan(Fen(row["amount_fen"])),
        submitted_at=row["submitted_at"],
        decided=_sentence(words.decided),
        article=row["decision_article"] or law.articles[words.parameter],
        reason=row["decision_reason"],
        missing=[missing["text"] for one in awaited for missing in one["missing"]],
        next_step=_sentence(words.next_step),
        until=words.until,
        policy_version=row["policy_version"],
        findings=[FindingView(**one) for one in row["findings"]],
        steps=told(done, law, with_actors=False),
    )


def _district(code: str) -> Text:
    known = DISTRICTS.get(code)
    return Text(known.zh, known.en) if known else Text(code, code)


def _sentence(text: Text) -> Sentence:
    return Sentence(zh=text.zh, en=text.en)
