"""The queries on rounds of feedback: opening, answering, closing."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from training_svc.classes.lifecycle import State as ClassState
from training_svc.classes.tables import classes
from training_svc.enrolments.tables import HAS_A_PLACE, enrolments
from training_svc.feedback.tables import (
    feedback_answers,
    feedback_invitations,
    feedback_results,
    feedback_rounds,
    feedback_tokens,
)
from training_svc.institutions.tables import institutions
from training_svc.visibility import reaches

_AT_ONCE = 20
_CLASS_ID = bindparam("class_id", type_=sa.Uuid)
_TODAY = bindparam("today", type_=sa.Date)
_OPEN = insert(feedback_rounds).values(
    {
        name: bindparam(name, type_=feedback_rounds.c[name].type)
        for name in ("class_id", "opened_on", "last_day", "invited")
    }
)
_INSERT_ROUND = Statement(_OPEN.on_conflict_do_nothing().returning(feedback_rounds.c.class_id))
_ROUND = Statement(sa.select(feedback_rounds).where(feedback_rounds.c.class_id == _CLASS_ID))
_TRAINEES = Statement(sa.select(enrolments.c.id).where(enrolments.c.class_id == _CLASS_ID, HAS_A_PLACE))
_INSERT_INVITATION = Statement(
    feedback_invitations.insert().values(
        {one.name: bindparam(one.name, type_=one.type) for one in feedback_invitations.columns}
    )
)
_INSERT_TOKEN = Statement(
    feedback_tokens.insert().values(
        {one.name: bindparam(one.name, type_=one.type) for one in feedback_tokens.columns}
    )
)
_TO_OPEN = Statement(
    sa.select(classes.c.id, classes.c.starts_on, classes.c.ends_on)
    .outerjoin(feedback_rounds, feedback_rounds.c.class_id == classes.c.id)
    .where(
        classes.c.state == sa.literal_column(f"'{ClassState.FILED}'"),
        classes.c.ends_on < _TODAY,
        classes.c.ends_on >= bindparam("since", type_=sa.Date),
        feedback_rounds.c.class_id.is_(None),
    )
    .order_by(classes.c.ends_on)
    .limit(_AT_ONCE)
    .with_for_update(of=classes, skip_locked=True)
)
_ASKED = Statement(
    sa.select(
        feedback_rounds.c.class_id,
        feedback_rounds.c.last_day,
        classes.c.starts_on,
        classes.c.name.label("class_name"),
        institutions.c.name.label("institution_name"),
    )
    .join(feedback_tokens, feedback_tokens.c.class_id == feedback_rounds.c.class_id)
    .join(classes, classes.c.id == feedback_rounds.c.class_id)
    .join(institutions, institutions.c.id == classes.c.institution_id)
    .where(
        feedback_tokens.c.token_hash == bindparam("token_hash", type_=sa.LargeBinary),
        feedback_rounds.c.last_day >= _TODAY,
        feedback_rounds.c.closed_on.is_(None),
    )
    # A round is closed before an answer or after it, never in between.
    .with_for_update(read=True, of=feedback_rounds)
)
_SPEND = Statement(
    feedback_tokens.delete()
    .where(feedback_tokens.c.token_hash == bindparam("token_hash", type_=sa.LargeBinary))
    .returning(feedback_tokens.c.class_id)
)
_ANSWER = {
    name: bindparam(name, type_=feedback_answers.c[name].type) for name in ("class_id", "scores", "comment")
}
_INSERT_ANSWER = Statement(feedback_answers.insert().values(id=func.gen_random_uuid(), **_ANSWER))
_OF_PERSON = Statement(
    sa.select(
        feedback_invitations.c.id,
        feedback_invitations.c.key_id,
        feedback_rounds.c.class_id,
        feedback_rounds.c.last_day,
        classes.c.name.label("class_name"),
        institutions.c.name.label("institution_name"),
    )
    .join(enrolments, enrolments.c.id == feedback_invitations.c.enrolment_id)
    .join(feedback_rounds, feedback_rounds.c.class_id == feedback_invitations.c.class_id)
    .join(classes, classes.c.id == feedback_rounds.c.class_id)
    .join(institutions, institutions.c.id == classes.c.institution_id)
    .where(
        enrolments.c.person_key == bindparam("person_key", type_=sa.Text),
        feedback_rounds.c.last_day >= _TODAY,
        feedback_rounds.c.closed_on.is_(None),
    )
    .order_by(feedback_rounds.c.last_day, feedback_rounds.c.class_id)
)
_UNSPENT = Statement(
    sa.select(feedback_tokens.c.token_hash).where(
        feedback_tokens.c.token_hash == sa.any_(bindparam("hashes", type_=sa.ARRAY(sa.LargeBinary)))
    )
)
INVITATIONS = Listing(
    sa.select(
        enrolments.c.id,
        enrolments.c.masked_name,
        enrolments.c.masked_id_number,
        feedback_rounds.c.opened_on,
        feedback_rounds.c.last_day,
    )
    .join(feedback_invitations, feedback_invitations.c.enrolment_id == enrolments.c.id)
    .join(feedback_rounds, feedback_rounds.c.class_id == feedback_invitations.c.class_id)
    .join(classes, classes.c.id == feedback_rounds.c.class_id)
    .join(institutions, institutions.c.id == classes.c.institution_id),
    key=Order(enrolments.c.id, UUID),
    orders={"name": Order(enrolments.c.masked_name, str, "masked_name")},
    filters={"class_id": equal(feedback_rounds.c.class_id)},
    reaches=reaches(credit_code=institutions.c.credit_code, district=classes.c.district),
)
_TO_CLOSE = Statement(
    sa.select(feedback_rounds.c.class_id, classes.c.starts_on)
    .join(classes, classes.c.id == feedback_rounds.c.class_id)
    .where(feedback_rounds.c.closed_on.is_(None), feedback_rounds.c.last_day < _TODAY)
    .order_by(feedback_rounds.c.last_day)
    .limit(_AT_ONCE)
    .with_for_update(of=feedback_rounds, skip_locked=True)
)
_OF_CLASS = feedback_answers.c.class_id == _CLASS_ID
_COUNT = Statement(sa.select(func.count()).select_from(feedback_answers).where(_OF_CLASS))
_score = (
    func.jsonb_each_text(feedback_answers.c.scores)
    .table_valued(sa.column("key", sa.Text), sa.column("value", sa.Text), name="score")
    .render_derived()
)
_COUNT_RESULTS = Statement(
    feedback_results.insert().from_select(
        ["class_id", "question", "points"],
        sa.select(feedback_answers.c.class_id, _score.c.key, func.sum(sa.cast(_score.c.value, sa.Integer)))
        .select_from(feedback_answers.join(_score, sa.true()))
        .where(_OF_CLASS)
        .group_by(feedback_answers.c.class_id, _score.c.key),
    )
)
_of_round = feedback_results.c.class_id == _CLASS_ID
_TOTAL = sa.select(func.sum(feedback_results.c.points)).where(_of_round).scalar_subquery()
_QUESTIONS = sa.select(func.count()).select_from(feedback_results).where(_of_round).scalar_subquery()
_SHOW = Statement(
    feedback_rounds.update()
    .where(feedback_rounds.c.class_id == _CLASS_ID)
    .values(
        answers=bindparam("given", type_=sa.Integer),
        points=_TOTAL,
        scores=_QUESTIONS * bindparam("given", type_=sa.Integer),
    )
)
_taken = feedback_answers.delete().where(_OF_CLASS).returning(feedback_answers).cte("taken")
_SHUFFLE = Statement(
    feedback_answers.insert().from_select(
        ["id", "class_id", "scores", "comment"],
        sa.select(func.gen_random_uuid(), _taken.c.class_id, _taken.c.scores, _taken.c.comment).order_by(
            func.random()
        ),
    )
)
_FORGET_ANSWERS = Statement(feedback_answers.delete().where(_OF_CLASS))
_FORGET_TOKENS = Statement(feedback_tokens.delete().where(feedback_tokens.c.class_id == _CLASS_ID))
_CLOSE = Statement(
    feedback_rounds.update().where(feedback_rounds.c.class_id == _CLASS_ID).values(closed_on=_TODAY)
)


async def open_round(tx: Transaction, class_id: UUID, opened_on: date, last_day: date, invited: int) -> bool:
    """Opens the round of a class; False if it has one."""
    values = {"class_id": class_id, "opened_on": opened_on, "last_day": last_day, "invited": invited}
    return await tx.row(_INSERT_ROUND, values) is not None


async def one(source: Database | Transaction, class_id: UUID) -> Row | None:
    """The round of a class."""
    return await source.row(_ROUND, {"class_id": class_id})


async def trainees(tx: Transaction, class_id: UUID) -> list[UUID]:
    """The enrolments of those who have a place in the class."""
    return [row["id"] for row in await tx.rows(_TRAINEES, {"class_id": class_id})]


async def invite(
    tx: Transaction, invitations: Sequence[dict[str, Any]], tokens: Sequence[dict[str, Any]]
) -> None:
    """Adds invitations and tokens, the latter by hash: nothing of their order tells which belong together."""
    await tx.execute_many(_INSERT_INVITATION, invitations)
    await tx.execute_many(_INSERT_TOKEN, sorted(tokens, key=lambda one: bytes(one["token_hash"])))


async def to_open(tx: Transaction, since: date, today: date) -> list[Row]:
    """Some classes that ended from ``since`` on, before ``today``, and have no round; locked."""
    return await tx.rows(_TO_OPEN, {"since": since, "today": today})


async def asked(tx: Transaction, token_hash: bytes, today: date) -> Row | None:
    """The open round of an unspent token, which is kept from closing meanwhile."""
    return await tx.row(_ASKED, {"token_hash": token_hash, "today": today})


async def spend(tx: Transaction, token_hash: bytes) -> bool:
    """Spends a token for good; False if another did."""
    return await tx.row(_SPEND, {"token_hash": token_hash}) is not None


async def insert_answer(tx: Transaction, class_id: UUID, scores: dict[str, int], comment: str | None) -> None:
    """Adds an answer, under an id at random and without a time."""
    await tx.execute(_INSERT_ANSWER, {"class_id": class_id, "scores": scores, "comment": comment})


async def of_person(database: Database, person_key: str, today: date) -> list[Row]:
    """A person's invitations to rounds that are open."""
    return await database.rows(_OF_PERSON, {"person_key": person_key, "today": today})


async def unspent(database: Database, hashes: Sequence[bytes]) -> set[bytes]:
    """Which of the tokens are not spent."""
    return {bytes(row["token_hash"]) for row in await database.rows(_UNSPENT, {"hashes": list(hashes)})}


async def to_close(tx: Transaction, today: date) -> list[Row]:
    """Some rounds whose last day is over, locked."""
    return await tx.rows(_TO_CLOSE, {"today": today})


async def answers_of(tx: Transaction, class_id: UUID) -> int:
    """How many answered."""
    return int(await tx.value(_COUNT, {"class_id": class_id}))


async def close(tx: Transaction, class_id: UUID, today: date, shown: int | None) -> None:
    """Closes a round: its results are there from now on, or its answers are gone for good.

    ``shown`` is how many answered where that is enough, else None. The answers are written anew, all in one
    transaction and in random order, so that not even the place of a row on disk tells who came first.
    """
    values = {"class_id": class_id, "today": today, "given": shown}
    await tx.execute(_FORGET_TOKENS, values)
    await tx.execute(_CLOSE, values)
    if shown is None:
        await tx.execute(_FORGET_ANSWERS, values)
        return
    await tx.execute(_SHUFFLE, values)
    await tx.execute(_COUNT_RESULTS, values)
    await tx.execute(_SHOW, values)
