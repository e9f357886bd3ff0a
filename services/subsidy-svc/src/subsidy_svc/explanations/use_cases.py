"""Explaining a claim (办理说明): everything that is known of it, put in plain words."""

from datetime import timedelta
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.districts import DISTRICTS
from chuangpei.kernel.money import Fen, yuan
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.passes import Pass
from chuangpei.problems import NOT_FOUND
from chuangpei.web import FindingView

from subsidy_svc.access import may_see_claim
from subsidy_svc.claims import repository as claims
from subsidy_svc.claims.lifecycle import State
from subsidy_svc.claims.schemas import waiting_view
from subsidy_svc.claims.timeline import told
from subsidy_svc.explanations.recovery_wording import Owed
from subsidy_svc.explanations.schemas import Explanation, ExplanationLink, RecoveryOutline, Sentence
from subsidy_svc.explanations.wording import WORDS, Situation, Told, waits
from subsidy_svc.law.published import law_of
from subsidy_svc.policy.parameters import Law
from subsidy_svc.recoveries import repository as recoveries
from subsidy_svc.recoveries.recovery import Recovery
from subsidy_svc.service import Service
from subsidy_svc.supplements import repository as supplements
from subsidy_svc.windows import repository as windows
from subsidy_svc.windows.window import Window

PATH = "/subsidy/explanations"
"""Where the pages of explanations are."""


async def explain(service: Service, principal: Principal, claim_id: UUID) -> Explanation | Refusal:
    """What was decided about a claim, by which article, what to do next and until when (S01–S11, D01–D06)."""
    row = await claims.detail(service.database, claim_id)
    if row is None or not may_see_claim(principal, row["person_key"], row["district"]):
        return Refusal(NOT_FOUND)
    return await _explained(service, row)


async def link(
    tx: Transaction, service: Service, person: Principal, claim_id: UUID
) -> ExplanationLink | Refusal:
    """A link to the explanation of the person's own claim, good for minutes; that it was made is audited."""
    claim = await claims.owner(tx, claim_id)
    if claim is None or not may_see_claim(person, claim["person_key"], claim["district"]):
        return Refusal(NOT_FOUND)
    now = service.clock.now().replace(microsecond=0)
    until = now + timedelta(minutes=service.settings.explanation_link_minutes)
    await record(
        tx,
        person,
        at=service.clock.now(),
        action="explanation.link",
        object_type="explanation",
        object_id=claim_id,
        details={"good_until": until.isoformat()},
    )
    text = service.explanation_links.sign(Pass(claim_id, now, until))
    return ExplanationLink(path=f"{PATH}/{text}", good_until=until)


async def explain_by_link(service: Service, text: str) -> tuple[Explanation, Pass] | None:
    """The explanation that a link leads to; None where it is forged or over, and nothing is looked up."""
    found = service.explanation_links.read(text)
    if found is None or not found.good_at(service.clock.now()):
        return None
    row = await claims.detail(service.database, found.of)
    return None if row is None else (await _explained(service, row), found)


async def _explained(service: Service, row: Row) -> Explanation:
    window = await windows.one_of_person(service.database, row["certificate_id"], row["person_key"])
    assert window is not None, "a claim has its window"
    law = await law_of(service.database, service, row["issued_on"])
    recovery = await recoveries.of_claim(service.database, row["id"])
    words = WORDS[State(row["state"])](_situation(service, row, window, recovery))
    if waiting := waiting_view(claims.claim_from(row)):
        words = waits(words, Text(waiting.zh, waiting.en))
    done = await claims.timeline(service.database, row["id"])
    asked = await supplements.of_claim(service.database, row["id"])
    return _explanation(service, row, law, words, done, asked, recovery)


def _situation(service: Service, row: Row, window: Window, recovery: Recovery | None) -> Situation:
    # The window may be over for applying, while a claim made in time goes on.
    is_open = window.days_left(service.clock.today()) > 0
    return Situation(
        district=_district(row["district"]),
        yuan=yuan(Fen(row["amount_fen"])),
        account=row["account_masked"] or "—",
        due_on=row["due_on"],
        notice_last_day=row["notice_last_day"],
        notice_provisional=bool(row["notice_provisional"]),
        batch_number=row["batch_number"],
        bank_code=row["bank_code"],
        certificate_revoked_on=window.revoked_on,
        may_claim_until=window.last_day if is_open else None,
        recovery=None if recovery is None else _owed(service, recovery),
    )


def _owed(service: Service, recovery: Recovery) -> Owed:
    return Owed(
        state=recovery.state,
        cause=recovery.cause,
        left=yuan(Fen(recovery.outstanding_fen)),
        waived=yuan(Fen(recovery.waived_fen)),
        document=recovery.demand_document,
        due_on=recovery.due_on,
        overdue=recovery.is_overdue(service.clock.today()),
    )


def _outline(recovery: Recovery) -> RecoveryOutline:
    return RecoveryOutline(
        state=recovery.state,
        owed_yuan=yuan(Fen(recovery.outstanding_fen)),
        document=recovery.demand_document,
        due_on=recovery.due_on,
    )


def _explanation(
    service: Service,
    row: Row,
    law: Law,
    words: Told,
    done: list[Row],
    asked: list[Row],
    recovery: Recovery | None,
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
        # Where a certificate was revoked, the reason kept is the program's own; the words say it plainly.
        reason=None if words.parameter == "revocation_treatment" else row["decision_reason"],
        missing=[missing["text"] for one in awaited for missing in one["missing"]],
        next_step=_sentence(words.next_step),
        until=words.until,
        where=None if words.where is None else _sentence(words.where),
        recovery=None if recovery is None else _outline(recovery),
        policy_version=row["policy_version"],
        findings=[FindingView(**one) for one in row["findings"]],
        steps=told(done, law, with_actors=False),
    )


def _district(code: str) -> Text:
    known = DISTRICTS.get(code)
    return Text(known.zh, known.en) if known else Text(code, code)


def _sentence(text: Text) -> Sentence:
    return Sentence(zh=text.zh, en=text.en)
