"""Applications as drafts, their materials and reviews; one alive an institution and round."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Takes the statements into the materials, which published rounds keep as they were."""
    op.execute("ALTER TABLE applications DISABLE TRIGGER published_applications_stay")
    _add_columns()
    op.execute("ALTER TABLE applications ENABLE TRIGGER published_applications_stay")
    op.drop_column("applications", "statement")
    op.drop_constraint(op.f("uq_applications_round_id_credit_code"), "applications")
    op.create_index(
        "uq_applications_one_alive",
        "applications",
        ["round_id", "credit_code"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('discarded', 'withdrawn')"),
    )
    _check_states()


def _add_columns() -> None:
    op.add_column("applications", sa.Column("materials", JSONB(), nullable=True))
    op.execute("UPDATE applications SET materials = jsonb_build_object('statement', statement)")
    op.alter_column("applications", "materials", nullable=False)
    for name, kind, empty in (
        ("acted_for", sa.ARRAY(sa.Text()), "{}"),
        ("review_findings", JSONB(), "[]"),
    ):
        op.add_column("applications", sa.Column(name, kind, server_default=empty, nullable=False))
        op.alter_column("applications", name, server_default=None)
    op.add_column("applications", sa.Column("reviewed_on", sa.Date(), nullable=True))
    for name in ("submitted_on", "parameters_version"):
        op.alter_column("applications", name, nullable=True)


_STATES = (
    "state IN ('draft', 'discarded', 'submitted', 'withdrawn', 'recommended', 'declined', 'recognised',"
    " 'not_recognised')"
)
_SUBMITTED = "state IN ('draft', 'discarded') OR num_nonnulls(submitted_on, parameters_version) = 2"
_REVIEWED = "state NOT IN ('recommended', 'declined', 'recognised') OR district_comment IS NOT NULL"


def _check_states() -> None:
    op.drop_constraint(op.f("ck_applications_state_known"), "applications")
    for name, condition in (("state_known", _STATES), ("submitted", _SUBMITTED), ("reviewed", _REVIEWED)):
        op.create_check_constraint(op.f(f"ck_applications_{name}"), "applications", condition)
