"""The results of feedback (评价结果): of classes, institutions and instructors.

Only rounds whose results are shown are read, and the results of an institution or an instructor are sums over
such whole classes. So the difference between any two figures is again the sum of whole classes of five or
more, never of fewer people. Results come when a round closes, at once and for good: no two readings differ.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.listing import Listing, Order, equal, since, until
from sqlalchemy import func

from training_svc.classes.tables import class_instructors, classes
from training_svc.feedback.tables import feedback_answers, feedback_results, feedback_rounds
from training_svc.institutions.tables import institutions
from training_svc.instructors.tables import instructors
from training_svc.projects.tables import projects
from training_svc.visibility import Reach, reaches

_SHOWN = feedback_rounds.c.answers.is_not(None)
_REACHES = reaches(credit_code=institutions.c.credit_code, district=classes.c.district)
_ROUNDS = feedback_rounds.join(classes, classes.c.id == feedback_rounds.c.class_id)
_SCORED = feedback_results.c.class_id == feedback_rounds.c.class_id


def _hundredths(points: sa.ColumnElement[int], scores: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """The mean in hundredths of a point, rounded: 420 is 4.20."""
    return (points * 200 + scores) // (scores * 2)


def _summed(
    rounds: sa.FromClause, whose: sa.ColumnElement[bool], of: sa.FromClause
) -> tuple[sa.FromClause, sa.FromClause]:
    """Beside each row of ``of``: the sums over ``whose`` rounds, and the mean of each question."""
    totals = (
        sa.select(
            func.count().label("classes"),
            func.sum(feedback_rounds.c.answers).label("answers"),
            _hundredths(func.sum(feedback_rounds.c.points), func.sum(feedback_rounds.c.scores)).label(
                "average"
            ),
        )
        .select_from(rounds)
        .where(whose, _SHOWN)
        .correlate(of)
        .lateral("totals")
    )
    each = (
        sa.select(
            feedback_results.c.question,
            _hundredths(func.sum(feedback_results.c.points), func.sum(feedback_rounds.c.answers)).label(
                "average"
            ),
        )
        .select_from(rounds.join(feedback_results, _SCORED))
        .where(whose, _SHOWN)
        .group_by(feedback_results.c.question)
        .correlate(of)
        .subquery("each")
    )
    questions = sa.select(func.jsonb_object_agg(each.c.question, each.c.average).label("averages"))
    return totals, questions.lateral("questions")


_CLASS_AVERAGE = _hundredths(feedback_rounds.c.points, feedback_rounds.c.scores).label("average")
_CLASS_AVERAGES = (
    sa.select(
        func.jsonb_object_agg(
            feedback_results.c.question,
            _hundredths(feedback_results.c.points, feedback_rounds.c.answers),
        )
    )
    .where(_SCORED)
    .scalar_subquery()
    .label("averages")
)
CLASSES = Listing(
    sa.select(
        classes.c.id,
        classes.c.name,
        classes.c.district,
        classes.c.project_code,
        projects.c.stage,
        classes.c.ends_on,
        institutions.c.name.label("institution_name"),
        feedback_rounds.c.invited,
        feedback_rounds.c.answers,
        _CLASS_AVERAGE,
        _CLASS_AVERAGES,
    )
    .select_from(_ROUNDS)
    .join(institutions, institutions.c.id == classes.c.institution_id)
    .join(projects, projects.c.code == classes.c.project_code)
    .where(_SHOWN),
    key=Order(classes.c.id, UUID),
    orders={
        "ends_on": Order(classes.c.ends_on, date),
        "average": Order(_CLASS_AVERAGE.element, int, "average"),
    },
    filters={
        "institution_id": equal(classes.c.institution_id),
        "district": equal(classes.c.district),
        "project_code": equal(classes.c.project_code),
        "ended_since": since(classes.c.ends_on),
        "ended_until": until(classes.c.ends_on),
    },
    reaches=_REACHES,
)

_of_institution, _of_institution_by_question = _summed(
    _ROUNDS, classes.c.institution_id == institutions.c.id, institutions
)
INSTITUTIONS = Listing(
    sa.select(
        institutions.c.id,
        institutions.c.name,
        institutions.c.credit_code,
        institutions.c.district,
        _of_institution,
        _of_institution_by_question.c.averages,
    )
    .select_from(institutions)
    .join(_of_institution, sa.true())
    .join(_of_institution_by_question, sa.true())
    .where(_of_institution.c.classes > 0),
    key=Order(institutions.c.id, UUID),
    orders={
        "name": Order(institutions.c.name, str),
        "average": Order(_of_institution.c.average, int),
    },
    filters={"district": equal(institutions.c.district), "credit_code": equal(institutions.c.credit_code)},
    reaches=reaches(credit_code=institutions.c.credit_code, district=institutions.c.district),
)


def _instructors(seen: sa.ColumnElement[bool] | None) -> Listing:
    """Instructors by what trainees said of the classes they taught, of those classes that one may see.

    Who taught before there was a pool and never entered it has an id made from the person's key.
    """
    condition = sa.true() if seen is None else seen
    taught = (
        class_instructors.outerjoin(instructors, instructors.c.person_key == class_instructors.c.person_key)
        .join(_ROUNDS, feedback_rounds.c.class_id == class_instructors.c.class_id)
        .join(institutions, institutions.c.id == classes.c.institution_id)
    )
    teachers = (
        sa.select(
            class_instructors.c.person_key,
            func.coalesce(instructors.c.id, sa.cast(func.md5(class_instructors.c.person_key), sa.Uuid)).label(
                "id"
            ),
            func.min(class_instructors.c.masked_name).label("name"),
            func.min(class_instructors.c.masked_id_number).label("id_number"),
        )
        .select_from(taught)
        .where(condition, _SHOWN)
        .group_by(class_instructors.c.person_key, instructors.c.id)
        .subquery("teachers")
    )
    whose = sa.and_(class_instructors.c.person_key == teachers.c.person_key, condition)
    totals, questions = _summed(taught, whose, teachers)
    return Listing(
        sa.select(teachers.c.id, teachers.c.name, teachers.c.id_number, totals, questions.c.averages)
        .select_from(teachers)
        .join(totals, sa.true())
        .join(questions, sa.true()),
        key=Order(teachers.c.id, UUID),
        orders={"name": Order(teachers.c.name, str), "average": Order(totals.c.average, int)},
    )


INSTRUCTORS: Mapping[Reach, Listing] = {reach: _instructors(seen) for reach, seen in _REACHES.items()}

COMMENTS = Listing(
    sa.select(feedback_answers.c.id, feedback_answers.c.comment)
    .join(feedback_rounds, feedback_rounds.c.class_id == feedback_answers.c.class_id)
    .join(classes, classes.c.id == feedback_rounds.c.class_id)
    .join(institutions, institutions.c.id == classes.c.institution_id)
    .where(_SHOWN, feedback_answers.c.comment.is_not(None)),
    key=Order(feedback_answers.c.id, UUID),
    filters={"class_id": equal(feedback_answers.c.class_id)},
    reaches=_REACHES,
)
"""The comments of a class by their random ids: in no order that tells anything."""
