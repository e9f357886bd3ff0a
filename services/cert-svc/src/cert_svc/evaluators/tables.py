"""The evaluators of the bodies; a row ends by being removed, a trigger forbids deleting one.

That a person evaluates for one body on any one day is held by an EXCLUDE constraint in the migration.
"""

import sqlalchemy as sa

from cert_svc.schema import metadata

evaluators = sa.Table(
    "evaluators",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("body_id", sa.Uuid, nullable=False),
    # The term of the body; it moves with it.
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("masked_name", sa.Text, nullable=False),
    sa.Column("name_encrypted", sa.Text, nullable=False),
    sa.Column("id_number_encrypted", sa.Text, nullable=False),
    sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("removed_at", sa.DateTime(timezone=True)),
    sa.Column("removed_by", sa.Text),
    sa.Column("remove_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(
        ["body_id", "first_day", "last_day"],
        ["evaluation_bodies.id", "evaluation_bodies.first_day", "evaluation_bodies.last_day"],
        name="fk_evaluators_body",
        onupdate="CASCADE",
    ),
    sa.CheckConstraint("num_nonnulls(removed_at, removed_by, remove_reason) IN (0, 3)", name="removed"),
    sa.Index(None, "body_id", "id"),
    sa.Index("ix_evaluators_acting", "person_key", postgresql_where=sa.text("removed_at IS NULL")),
)
