"""Evaluations, one row an attempt. Triggers forbid deleting one and changing a confirmed one.

Triggers demand a body for each score, and keep what it is measured by.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from cert_svc.schema import metadata

evaluations = sa.Table(
    "evaluations",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("completions.enrolment_id"), nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("attempt", sa.SmallInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("pass_mark", sa.SmallInteger, nullable=False),
    sa.Column("most_retakes", sa.SmallInteger, nullable=False),
    sa.Column("retake_months", sa.SmallInteger, nullable=False),
    sa.Column("norm_version", sa.Text),
    # As the norm said when it opened, and the points of each part by its code.
    sa.Column("parts", postgresql.JSONB),
    sa.Column("part_points", postgresql.JSONB),
    sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    # The body that answers for it; none before the first score, nor where scored before bodies were kept.
    sa.Column("body_id", sa.Uuid, sa.ForeignKey("evaluation_bodies.id")),
    sa.Column("score", sa.SmallInteger),
    sa.Column("comment", sa.Text),
    sa.Column("scored_by", sa.Text),
    sa.Column("scored_by_key", sa.Text),
    sa.Column("scored_at", sa.DateTime(timezone=True)),
    sa.Column("evaluated_on", sa.Date),
    sa.Column("passed", sa.Boolean),
    sa.Column("confirmed_by", sa.Text),
    sa.Column("confirmed_by_key", sa.Text),
    sa.Column("confirmed_at", sa.DateTime(timezone=True)),
    sa.UniqueConstraint("enrolment_id", "attempt"),
    # A retake follows a failed attempt only: at most one attempt of an enrolment is not failed.
    sa.Index(
        "uq_evaluations_not_failed",
        "enrolment_id",
        unique=True,
        postgresql_where=sa.text("passed IS NOT FALSE"),
    ),
    sa.CheckConstraint("state IN ('open', 'scored', 'confirmed')", name="state"),
    sa.CheckConstraint("attempt >= 1", name="attempt"),
    sa.CheckConstraint("pass_mark BETWEEN 1 AND 100", name="pass_mark"),
    sa.CheckConstraint("most_retakes >= 0 AND retake_months > 0", name="retakes"),
    sa.CheckConstraint("(norm_version IS NULL) = (parts IS NULL)", name="norm_has_parts"),
    sa.CheckConstraint("(part_points IS NULL) = (parts IS NULL OR score IS NULL)", name="parts_are_scored"),
    sa.CheckConstraint("score BETWEEN 0 AND 100", name="score"),
    sa.CheckConstraint(
        "num_nonnulls(score, comment, scored_by, scored_by_key, scored_at, evaluated_on) = "
        "CASE state WHEN 'open' THEN 0 ELSE 6 END",
        name="scored_is_complete",
    ),
    sa.CheckConstraint(
        "num_nonnulls(passed, confirmed_by, confirmed_by_key, confirmed_at) = "
        "CASE state WHEN 'confirmed' THEN 4 ELSE 0 END",
        name="confirmed_is_complete",
    ),
    sa.CheckConstraint("passed = (score >= pass_mark)", name="passed_follows_score"),
    sa.CheckConstraint("confirmed_by <> scored_by AND confirmed_by_key <> scored_by_key", name="four_eyes"),
    sa.Index(None, "state", "id"),
    sa.Index(None, "district", "id"),
    sa.Index(None, "body_id", "id"),
    sa.Index(None, "opened_at", "id"),
)
