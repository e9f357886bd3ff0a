"""Exit cases (退出核查): at most one undecided case a credit code and ground (B11, D09)."""

import sqlalchemy as sa

from brand_svc.schema import metadata

exit_cases = sa.Table(
    "exit_cases",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("brand_id", sa.Uuid, sa.ForeignKey("brands.id"), nullable=False),
    sa.Column("institution_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("ground", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("statement", sa.Text),
    sa.Column("verified_on", sa.Date),
    sa.Column("reason", sa.Text),
    sa.Column("decided_on", sa.Date),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("ground IN ('X1', 'X2', 'X3', 'X4', 'X5')", name="ground_known"),
    sa.CheckConstraint(
        "state IN ('opened', 'reported', 'closed_unfounded', 'revoked', 'dismissed', 'superseded', 'lapsed')",
        name="state_known",
    ),
    sa.CheckConstraint(
        "state NOT IN ('reported', 'closed_unfounded', 'revoked', 'dismissed')"
        " OR (statement IS NOT NULL AND verified_on IS NOT NULL)",
        name="verified_before_decided",
    ),
    sa.CheckConstraint(
        "state NOT IN ('revoked', 'dismissed') OR reason IS NOT NULL", name="decided_with_reason"
    ),
    sa.CheckConstraint("(state IN ('opened', 'reported')) = (decided_on IS NULL)", name="end_has_day"),
    sa.Index(
        "uq_exit_cases_one_open_a_ground",
        "credit_code",
        "ground",
        unique=True,
        postgresql_where=sa.text("state IN ('opened', 'reported')"),
    ),
    sa.Index(None, "district", "id"),
    sa.Index(None, "brand_id"),
)
