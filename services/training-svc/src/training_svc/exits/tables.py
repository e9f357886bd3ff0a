"""Exits from the pool (退出师资库): a notice with its reason, and what became of it."""

import sqlalchemy as sa

from training_svc.schema import metadata

instructor_exits = sa.Table(
    "instructor_exits",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("instructor_id", sa.Uuid, sa.ForeignKey("instructors.id"), nullable=False),
    sa.Column("ground", sa.Text, nullable=False),
    sa.Column("appraisal_id", sa.Uuid, sa.ForeignKey("appraisals.id")),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("noticed_on", sa.Date, nullable=False),
    sa.Column("noticed_by", sa.Text, nullable=False),
    sa.Column("takes_effect_on", sa.Date, nullable=False),
    sa.Column("may_return_on", sa.Date, nullable=False),
    sa.Column("withdrawn_on", sa.Date),
    sa.Column("withdrawn_because", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("state IN ('noticed', 'effective', 'withdrawn')", name="state"),
    sa.CheckConstraint("(ground = 'failed_appraisal') = (appraisal_id IS NOT NULL)", name="appraisal"),
    sa.CheckConstraint(
        "num_nonnulls(withdrawn_on, withdrawn_because) = CASE state WHEN 'withdrawn' THEN 2 ELSE 0 END",
        name="withdrawn",
    ),
    sa.CheckConstraint("noticed_on <= takes_effect_on AND takes_effect_on <= may_return_on", name="days"),
    # One open notice a person, and one exit on each appraisal that stands.
    sa.Index(
        "uq_instructor_exits_open",
        "instructor_id",
        unique=True,
        postgresql_where=sa.text("state = 'noticed'"),
    ),
    sa.Index(
        "uq_instructor_exits_appraisal",
        "appraisal_id",
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    ),
    sa.Index("ix_instructor_exits_instructor_id_id", "instructor_id", "id"),
)
