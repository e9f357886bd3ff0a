"""Who scores what (评审任务), and the scores, which only grow (B04)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from brand_svc.schema import metadata

assignments = sa.Table(
    "assignments",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("scoring_id", sa.Uuid, nullable=False),
    sa.Column("round_id", sa.Uuid, nullable=False),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("place", sa.SmallInteger, nullable=False),
    sa.Column("assessor_id", sa.Uuid, nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("assigned_by", sa.Text, nullable=False),
    # Why it ended without counting.
    sa.Column("end_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(
        ["scoring_id", "round_id", "credit_code"],
        ["scorings.id", "scorings.round_id", "scorings.credit_code"],
    ),
    sa.ForeignKeyConstraint(["assessor_id", "person_key"], ["assessors.id", "assessors.person_key"]),
    # Whoever left a place does not come back to it, nor to another of the same scoring.
    sa.UniqueConstraint("scoring_id", "person_key"),
    sa.CheckConstraint("place BETWEEN 1 AND 3", name="place"),
    sa.CheckConstraint(
        "state IN ('assigned', 'scored', 'withdrawn', 'replaced', 'set_aside')", name="state_known"
    ),
    sa.CheckConstraint("(state IN ('assigned', 'scored')) = (end_reason IS NULL)", name="ended_has_reason"),
    sa.Index(
        "uq_assignments_one_a_place",
        "scoring_id",
        "place",
        unique=True,
        postgresql_where=sa.text("state IN ('assigned', 'scored')"),
    ),
    sa.Index(None, "person_key", "credit_code"),
    sa.Index(None, "assessor_id", "id"),
    sa.Index(None, "round_id", "id"),
    sa.Index(None, "due_on", "id"),
)

scores = sa.Table(
    "scores",
    metadata,
    sa.Column("assignment_id", sa.Uuid, sa.ForeignKey("assignments.id"), primary_key=True),
    # By the code of each judged indicator: the mark, and on what it rests.
    sa.Column("marks", JSONB, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("points", sa.Integer, nullable=False),
    sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
)
