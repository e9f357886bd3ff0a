"""What brand-svc knows of institutions (培训机构), as training-svc told it last; see ``projections.py``."""

import sqlalchemy as sa

from brand_svc.schema import metadata


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True))


institutions = sa.Table(
    "institutions",
    metadata,
    sa.Column("credit_code", sa.Text, primary_key=True),
    sa.Column("institution_id", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    # Not known where a change was told before the registration.
    sa.Column("registered_on", sa.Date),
    sa.Column("closed_on", sa.Date),
    _instant("told_at"),
    _instant("registered_at"),
    _instant("closed_at"),
    sa.Index(None, "district", "credit_code"),
)

sanctions = sa.Table(
    "institution_sanctions",
    metadata,
    sa.Column("sanction_id", sa.Uuid, primary_key=True),
    sa.Column("credit_code", sa.Text, nullable=False),
    # All of these are not known where its lifting was told before it.
    sa.Column("kind", sa.Text),
    sa.Column("exit_ground", sa.Text),
    sa.Column("source", sa.Text),
    sa.Column("document_number", sa.Text),
    sa.Column("starts_on", sa.Date),
    sa.Column("ends_on", sa.Date),
    sa.Column("lifted_on", sa.Date),
    _instant("told_at"),
    _instant("lifted_at"),
    sa.Index(None, "credit_code"),
)

qualifications = sa.Table(
    "institution_qualifications",
    metadata,
    sa.Column("qualification_id", sa.Uuid, primary_key=True),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("project_code", sa.Text, nullable=False),
    sa.Column("stage", sa.Integer, nullable=False),
    sa.Column("state", sa.Text),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_until", sa.Date),
    _instant("state_at"),
    _instant("valid_at"),
    sa.Index(None, "credit_code"),
)

classes = sa.Table(
    "institution_classes",
    metadata,
    sa.Column("class_id", sa.Uuid, primary_key=True),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("starts_on", sa.Date),
    sa.Column("ends_on", sa.Date),
    sa.Column("cancelled", sa.Boolean),
    _instant("dates_at"),
    _instant("cancelled_at"),
    sa.Index(None, "credit_code", "ends_on"),
)

inactivities = sa.Table(
    "institution_inactivities",
    metadata,
    sa.Column("credit_code", sa.Text, primary_key=True),
    sa.Column("last_class_ended_on", sa.Date),
    sa.Column("inactive_since", sa.Date, nullable=False),
    sa.Column("has_site", sa.Boolean, nullable=False),
    sa.Column("full_time_instructors", sa.Integer),
    sa.Column("told_on", sa.Date, nullable=False),
    _instant("told_at"),
)
