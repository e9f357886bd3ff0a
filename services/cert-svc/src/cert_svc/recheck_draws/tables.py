"""The draws of evaluations to be checked again (抽查), which only grow."""

import sqlalchemy as sa

from cert_svc.schema import metadata

recheck_draws = sa.Table(
    "recheck_draws",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("project_code", sa.Text),
    sa.Column("body_id", sa.Uuid, sa.ForeignKey("evaluation_bodies.id")),
    sa.Column("count", sa.Integer),
    sa.Column("percent", sa.Integer),
    sa.Column("seed", sa.Text, nullable=False),
    # Every evaluation that might have been drawn.
    sa.Column("population", sa.ARRAY(sa.Uuid), nullable=False),
    sa.Column("drawn", sa.ARRAY(sa.Uuid), nullable=False),
    sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("drawn_by", sa.Text, nullable=False),
    sa.CheckConstraint("first_day <= last_day", name="days"),
    sa.CheckConstraint("num_nonnulls(count, percent) = 1", name="size"),
    sa.CheckConstraint("cardinality(drawn) > 0 AND drawn <@ population", name="drawn"),
    sa.Index(None, "district", "id"),
)
