"""Inspection programmes, draws, inspections and periodic evaluations."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import only_grows
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

_KINDS = "object_kind IN ('class', 'institution', 'instructor')"


def upgrade() -> None:
    """Creates the tables; a draw, once made, stands (C05)."""
    _programmes()
    _draws()
    only_grows("inspection_draws")
    _inspections()
    _inspectors()
    only_grows("inspection_inspectors")
    _evaluations()


def _programmes() -> None:
    op.create_table(
        "inspection_programmes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_inspection_programmes_days")),
        sa.PrimaryKeyConstraint("id", name="pk_inspection_programmes"),
        sa.UniqueConstraint("authority", "name", name="uq_inspection_programmes_authority_name"),
    )


def _draws() -> None:
    op.create_table(
        "inspection_draws",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("population", postgresql.JSONB(), nullable=False),
        sa.Column("drawn", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.Text(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_inspection_draws_count")),
        sa.CheckConstraint("method IN ('random', 'risk')", name=op.f("ck_inspection_draws_method")),
        sa.CheckConstraint(_KINDS, name=op.f("ck_inspection_draws_object_kind")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["inspection_programmes.id"], name="fk_inspection_draws_programme_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_inspection_draws"),
        sa.UniqueConstraint("programme_id", "number", name="uq_inspection_draws_programme_id_number"),
    )


def _inspections() -> None:
    op.create_table(
        "inspections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=True),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("object_name", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_by", sa.Text(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("findings", postgresql.JSONB(), nullable=False),
        sa.Column("found_by", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("overdue_told", sa.Boolean(), nullable=False),
        sa.Column("verified_by", sa.Text(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_inspections_closed")
        ),
        sa.CheckConstraint("(state = 'planned') = (visited_on IS NULL)", name=op.f("ck_inspections_visited")),
        sa.CheckConstraint(_KINDS, name=op.f("ck_inspections_object_kind")),
        sa.CheckConstraint(
            "state IN ('planned', 'visited', 'found', 'rectifying', 'answered', 'verified', 'closed')",
            name=op.f("ck_inspections_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('rectifying', 'answered') OR deadline IS NOT NULL",
            name=op.f("ck_inspections_deadline"),
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["inspection_draws.id"], name="fk_inspections_draw_id"),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name="fk_inspections_institution_id"
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["inspection_programmes.id"], name="fk_inspections_programme_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_inspections"),
        sa.UniqueConstraint(
            "programme_id",
            "object_kind",
            "object_id",
            name="uq_inspections_programme_id_object_kind_object_id",
        ),
    )
    op.create_index("ix_inspections_district_id", "inspections", ["district", "id"])
    op.create_index("ix_inspections_institution_id_id", "inspections", ["institution_id", "id"])
    op.create_index("ix_inspections_object", "inspections", ["object_id", "visited_on"])
    op.create_index(
        "ix_inspections_rectifying",
        "inspections",
        ["deadline"],
        postgresql_where=sa.text("state = 'rectifying' AND NOT overdue_told"),
    )


def _inspectors() -> None:
    op.create_table(
        "inspection_inspectors",
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=False),
        sa.Column("masked_id_number", sa.Text(), nullable=False),
        sa.Column("name_encrypted", sa.Text(), nullable=False),
        sa.Column("id_number_encrypted", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspections.id"], name="fk_inspection_inspectors_inspection_id"
        ),
        sa.PrimaryKeyConstraint("inspection_id", "person_key", name="pk_inspection_inspectors"),
    )


def _evaluations() -> None:
    op.create_table(
        "periodic_evaluations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("object_name", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("form_version", sa.Text(), nullable=False),
        sa.Column("scores", postgresql.JSONB(), nullable=False),
        sa.Column("percent", sa.SmallInteger(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("evaluated_on", sa.Date(), nullable=False),
        sa.Column("evaluated_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "grade IN ('excellent', 'good', 'passed', 'failed')", name=op.f("ck_periodic_evaluations_grade")
        ),
        sa.CheckConstraint(_KINDS, name=op.f("ck_periodic_evaluations_object_kind")),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_periodic_evaluations_percent")),
        sa.CheckConstraint("period_from <= period_to", name=op.f("ck_periodic_evaluations_period")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name="fk_periodic_evaluations_institution_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_periodic_evaluations"),
        sa.UniqueConstraint(
            "object_kind",
            "object_id",
            "period_from",
            "period_to",
            name="uq_periodic_evaluations_object_period",
        ),
    )
    op.create_index("ix_periodic_evaluations_district_id", "periodic_evaluations", ["district", "id"])
    op.create_index(
        "ix_periodic_evaluations_institution_id_id", "periodic_evaluations", ["institution_id", "id"]
    )
