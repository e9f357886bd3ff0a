"""The lists of enrolments: of a class, of all one may see, of one person."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from chuangpei.listing import Listing, Order, equal, since, until

from training_svc.classes.tables import classes
from training_svc.enrolments import repository
from training_svc.enrolments.tables import enrolments
from training_svc.institutions.tables import institutions
from training_svc.projects.tables import projects
from training_svc.visibility import owned

ALL = Listing(
    repository.SELECT.add_columns(
        classes.c.name.label("class_name"), institutions.c.name.label("institution_name")
    ).join(classes, classes.c.id == enrolments.c.class_id),
    key=Order(enrolments.c.id, UUID),
    orders={"enrolled_at": Order(enrolments.c.enrolled_at, datetime)},
    filters={
        "class_id": equal(enrolments.c.class_id),
        "institution_id": equal(enrolments.c.institution_id),
        "project_code": equal(enrolments.c.project_code),
        "district": equal(enrolments.c.district),
        "state": equal(enrolments.c.state),
        "priority_group": equal(enrolments.c.priority_group),
        "enrolled_from": since(enrolments.c.enrolled_at),
        "enrolled_until": until(enrolments.c.enrolled_at),
        "person_key": equal(enrolments.c.person_key),
    },
    reaches=owned(institution_id=enrolments.c.institution_id, district=enrolments.c.district),
)
"""Enrolments with the names of class and institution; ids rise in time, so ``id`` is the order of coming."""

OF_PERSON = Listing(
    sa.select(
        enrolments.c.id,
        enrolments.c.class_id,
        classes.c.name.label("class_name"),
        institutions.c.name.label("institution_name"),
        projects.c.code.label("project_code"),
        projects.c.name.label("project_name"),
        projects.c.stage,
        classes.c.district,
        classes.c.starts_on,
        classes.c.ends_on,
        enrolments.c.state,
        enrolments.c.enrolled_at,
        enrolments.c.priority_group,
        repository.PLACE_IN_LINE,
        enrolments.c.end_reason,
        enrolments.c.completed_on,
        enrolments.c.sessions_attended,
        enrolments.c.sessions_held,
        enrolments.c.version,
    )
    .join(classes, classes.c.id == enrolments.c.class_id)
    .join(institutions, institutions.c.id == classes.c.institution_id)
    .join(projects, projects.c.code == classes.c.project_code),
    key=Order(enrolments.c.id, UUID),
    orders={
        "enrolled_at": Order(enrolments.c.enrolled_at, datetime),
        "starts_on": Order(classes.c.starts_on, date),
    },
    filters={
        "person_key": equal(enrolments.c.person_key),
        "state": equal(enrolments.c.state),
        "project_code": equal(enrolments.c.project_code),
        "starts_from": since(classes.c.starts_on),
        "starts_until": until(classes.c.starts_on),
    },
)
"""A person's enrolments, each with what the person may know of the class."""
