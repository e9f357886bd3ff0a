"""Applications (申报) for a brand, one an institution and round."""

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
    sa.Column("statement", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("submitted_on", sa.Date, nullable=False),
    sa.Column("findings", JSONB, nullable=False),
    sa.Column("parameters_version", sa.Text, nullable=False),
    sa.Column("district_comment", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("round_id", "credit_code"),
    sa.UniqueConstraint("id", "round_id", "credit_code"),
    sa.CheckConstraint("tier = 'district'", name="no_direct_city_application"),
    sa.CheckConstraint(
        "state IN ('submitted', 'recommended', 'declined', 'recognised', 'not_recognised')",
        name="state_known",
    ),
    sa.Index(None, "credit_code", "id"),
    sa.Index(None, "district", "id"),
)
