"""What is done with feedback: ask, answer, close (T06 培训质量可监控).

An answer leaves no audit row: its time and order would be a way back to the person.
"""

from datetime import date, timedelta
from uuid import UUID, uuid4

from chuangpei.audit import record
from chuangpei.auth import SYSTEM, Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import INVALID_INPUT, NOT_ALLOWED_NOW, NOT_FOUND

from training_svc.classes import repository as classes
from training_svc.classes.lifecycle import State as ClassState
from training_svc.feedback import repository
from training_svc.feedback.schemas import MyLinkView, NewAnswer
from training_svc.feedback.tokens import Tokens, hash_of
from training_svc.policy.decision import decide
from training_svc.policy.feedback import (
    FEEDBACK_RULES,
    FeedbackFacts,
    last_day_of,
    may_be_shown,
    questions_on,
    score_errors,
)
from training_svc.policy.parameters import parameters_on
from training_svc.problems import FEEDBACK_OPEN, FEEDBACK_REFUSED
from training_svc.service import Service
from training_svc.visibility import scope_of


async def ask(tx: Transaction, service: Service, principal: Principal, class_id: UUID) -> Row | Refusal:
    """The organiser asks the trainees of a class that has ended, before the timer does (发起评价; T06)."""
    training_class = await classes.summary(tx, class_id, scope_of(principal))
    if training_class is None:
        return Refusal(NOT_FOUND)
    if training_class.state is ClassState.CANCELLED:
        return Refusal(NOT_ALLOWED_NOW)
    today = service.clock.today()
    last_day = _last_day(service, training_class.starts_on, training_class.ends_on)
    facts = FeedbackFacts(training_class.ends_on, last_day, today)
    if refusal := decide(FEEDBACK_RULES, facts).refusal(FEEDBACK_REFUSED):
        return refusal
    if not await _open(tx, service, principal, class_id, last_day):
        return Refusal(FEEDBACK_OPEN)
    opened = await repository.one(tx, class_id)
    assert opened is not None, "it was opened in this transaction"
    return opened


async def ask_due(tx: Transaction, service: Service) -> int:
    """Asks the trainees of some classes that have ended; returns how many classes there were (T06)."""
    today = service.clock.today()
    law_day = min(today, service.law.in_force.last or today)
    days = timedelta(days=parameters_on(service.law, law_day).feedback_days)
    due = await repository.to_open(tx, today - days, today)
    for row in due:
        last_day = _last_day(service, row["starts_on"], row["ends_on"])
        await _open(tx, service, SYSTEM, row["id"], last_day)
    return len(due)


async def answer(tx: Transaction, service: Service, token: str, body: NewAnswer) -> Refusal | None:
    """Whoever has the link answers, once; a wrong, spent or late token is simply not there (T06)."""
    token_hash = hash_of(token)
    asked = await repository.asked(tx, token_hash, service.clock.today())
    if asked is None:
        return Refusal(NOT_FOUND)
    errors = tuple(score_errors(body.scores, questions_on(service.law, asked["starts_on"])))
    if errors:
        return Refusal(INVALID_INPUT, errors=errors)
    if not await repository.spend(tx, token_hash):
        return Refusal(NOT_FOUND)
    await repository.insert_answer(tx, asked["class_id"], body.scores, body.comment)
    return None


async def close_due(tx: Transaction, service: Service) -> int:
    """Closes some rounds whose last day is over: results are there, or too few answered (T06)."""
    today = service.clock.today()
    due = await repository.to_close(tx, today)
    for row in due:
        given = await repository.answers_of(tx, row["class_id"])
        shown = may_be_shown(given, parameters_on(service.law, row["starts_on"]))
        await repository.close(tx, row["class_id"], today, given if shown else None)
        await _record(tx, service, SYSTEM, row["class_id"], "close_feedback")
    return len(due)


async def links_of(service: Service, principal: Principal) -> list[MyLinkView]:
    """The citizen's own links that are open and not spent (T06)."""
    today, tokens = service.clock.today(), Tokens(service.privacy.at_rest)
    found = await repository.of_person(service.database, principal.person_key or "", today)
    links = [(row, tokens.of(row["id"], row["key_id"])) for row in found if tokens.has(row["key_id"])]
    unspent = await repository.unspent(service.database, [hash_of(token) for _, token in links])
    return [
        MyLinkView(
            class_id=row["class_id"],
            class_name=row["class_name"],
            institution_name=row["institution_name"],
            last_day=row["last_day"],
            token=token,
        )
        for row, token in links
        if hash_of(token) in unspent
    ]


def _last_day(service: Service, starts_on: date, ends_on: date) -> date:
    return last_day_of(ends_on, parameters_on(service.law, starts_on))


async def _open(
    tx: Transaction, service: Service, principal: Principal, class_id: UUID, last_day: date
) -> bool:
    """Opens a round and invites whoever has a place; False if the class has a round."""
    today = service.clock.today()
    invited = await repository.trainees(tx, class_id) if last_day >= today else []
    if not await repository.open_round(tx, class_id, today, last_day, len(invited)):
        return False
    tokens = Tokens(service.privacy.at_rest)
    key_id = tokens.current
    # At random: ids made from the clock would stand in the order of the enrolments.
    ids = [(uuid4(), enrolment_id) for enrolment_id in invited]
    await repository.invite(
        tx,
        [
            {"id": one, "class_id": class_id, "enrolment_id": enrolment_id, "key_id": key_id}
            for one, enrolment_id in ids
        ],
        [{"token_hash": hash_of(tokens.of(one, key_id)), "class_id": class_id} for one, _ in ids],
    )
    await _record(tx, service, principal, class_id, "ask_for_feedback")
    return True


async def _record(
    tx: Transaction, service: Service, principal: Principal, class_id: UUID, action: str
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="feedback_round",
        object_id=class_id,
    )
