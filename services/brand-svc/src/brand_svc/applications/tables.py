"""Applications (申报) for a brand, one an institution and round that was not given up or withdrawn."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from brand_svc.schema import metadata

applications = sa.Table(
    "applications",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("round_id", sa.Uuid, sa.ForeignKey("rounds.id"), nullable=False),
    sa.Column("credit_code", sa.Text, sa.ForeignKey("institutions.credit_code"), nullable=False),
    sa.Column("institution_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("materials", JSONB, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("acted_for", sa.ARRAY(sa.Text), nullable=False),
    sa.Column("submitted_on", sa.Date),
    sa.Column("findings", JSONB, nullable=False),
    sa.Column("parameters_version", sa.Text),
    sa.Column("district_comment", sa.Text),
    sa.Column("review_findings", JSONB, nullable=False),
    sa.Column("reviewed_on", sa.Date),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("id", "round_id", "credit_code"),
    sa.CheckConstraint("tier = 'district'", name="no_direct_city_application"),
    sa.CheckConstraint(
        "state IN ('draft', 'discarded', 'submitted', 'withdrawn', 'recommended', 'declined', 'recognised',"
        " 'not_recognised')",
        name="state_known",
    ),
    sa.CheckConstraint(
        "state IN ('draft', 'discarded') OR num_nonnulls(submitted_on, parameters_version) = 2",
        name="submitted",
    ),
    sa.CheckConstraint(
        "state NOT IN ('recommended', 'declined', 'recognised') OR district_comment IS NOT NULL",
        name="reviewed",
    ),
    sa.Index(
        "uq_applications_one_alive",
        "round_id",
        "credit_code",
        unique=True,
        postgresql_where=sa.text("state NOT IN ('discarded', 'withdrawn')"),
    ),
    sa.Index(None, "credit_code", "id"),
    sa.Index(None, "district", "id"),
)
