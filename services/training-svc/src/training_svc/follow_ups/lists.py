"""The lists of follow-ups and the queue of those due."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.listing import Listing, Order, equal, since, until

from training_svc.classes.tables import classes
from training_svc.enrolments.tables import enrolments
from training_svc.follow_ups.repository import SCOPE, SELECT, STILL_COMPLETED
from training_svc.follow_ups.tables import businesses, checks, follow_ups
from training_svc.institutions.tables import institutions
from training_svc.visibility import reaches

FOLLOW_UPS = Listing(
    SELECT,
    key=Order(follow_ups.c.id, UUID),
    orders={"completed_on": Order(follow_ups.c.completed_on, date)},
    filters={
        "state": equal(follow_ups.c.state),
        "district": equal(follow_ups.c.district),
        "institution_id": equal(follow_ups.c.institution_id),
        # The enrolment's, which is the same: it has the index.
        "class_id": equal(enrolments.c.class_id),
        "help_wanted": equal(follow_ups.c.help_wanted),
        "completed_since": since(follow_ups.c.completed_on),
        "completed_until": until(follow_ups.c.completed_on),
    },
    reaches=reaches(**SCOPE),
)

DUE = Listing(
    sa.select(
        checks.c.id,
        checks.c.follow_up_id,
        checks.c.kind,
        checks.c.months,
        checks.c.due_on,
        checks.c.district,
        checks.c.institution_id,
        institutions.c.name.label("institution_name"),
        classes.c.name.label("class_name"),
        enrolments.c.masked_name,
        enrolments.c.masked_phone,
        businesses.c.name.label("business_name"),
    )
    .join(follow_ups, follow_ups.c.id == checks.c.follow_up_id)
    .join(enrolments, enrolments.c.id == follow_ups.c.enrolment_id)
    .join(classes, classes.c.id == follow_ups.c.class_id)
    .join(institutions, institutions.c.id == checks.c.institution_id)
    .outerjoin(businesses, businesses.c.id == checks.c.business_id)
    .where(checks.c.passed.is_(None), STILL_COMPLETED),
    key=Order(checks.c.id, UUID),
    orders={"due_on": Order(checks.c.due_on, date)},
    filters={
        "kind": equal(checks.c.kind),
        "district": equal(checks.c.district),
        "institution_id": equal(checks.c.institution_id),
        "due_until": until(checks.c.due_on),
    },
    reaches=reaches(credit_code=institutions.c.credit_code, district=checks.c.district),
)
