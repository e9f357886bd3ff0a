"""Evaluation bodies, one row a choice; a trigger forbids deleting one.

That no two terms of one organisation overlap is held by an EXCLUDE constraint in the migration.
"""

import sqlalchemy as sa

from cert_svc.schema import metadata

evaluation_bodies = sa.Table(
    "evaluation_bodies",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("project_codes", sa.ARRAY(sa.Text), nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("chosen_by", sa.Text, nullable=False),
    sa.Column("ended_on", sa.Date),
    sa.Column("ended_by", sa.Text),
    sa.Column("end_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    # What an evaluator's row refers to, so that its days are always the term of the body.
    sa.UniqueConstraint("id", "first_day", "last_day", name="uq_evaluation_bodies_term"),
    sa.CheckConstraint("first_day <= last_day", name="term"),
    sa.CheckConstraint("state IN ('chosen', 'ended')", name="state"),
    sa.CheckConstraint(
        "num_nonnulls(ended_on, ended_by, end_reason) = CASE state WHEN 'ended' THEN 3 ELSE 0 END",
        name="ended",
    ),
)
