"""The pool of assessors (评审专家), and the ties of people to institutions (利害关系; B04).

That nobody with a tie in force has an assignment there is held by triggers, whichever of the two comes last.
"""

import sqlalchemy as sa

from brand_svc.schema import metadata

assessors = sa.Table(
    "assessors",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("masked_name", sa.Text, nullable=False),
    sa.Column("name_encrypted", sa.Text, nullable=False),
    sa.Column("id_number_encrypted", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("removed_at", sa.DateTime(timezone=True)),
    sa.Column("removed_by", sa.Text),
    sa.Column("remove_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("id", "person_key"),
    sa.CheckConstraint("num_nonnulls(removed_at, removed_by, remove_reason) IN (0, 3)", name="removed"),
    sa.Index(
        "uq_assessors_in_the_pool", "person_key", unique=True, postgresql_where=sa.text("removed_at IS NULL")
    ),
    sa.Index(None, "added_at", "id"),
)

ties = sa.Table(
    "assessor_ties",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    # Of a person, who may become an assessor later.
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("until", sa.Date),
    # The last day on which it bars; without one it bars as long as nobody says that it is over.
    sa.Column("bars_until", sa.Date),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("declared_by", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("kind IN ('employed', 'taught', 'interest')", name="kind_known"),
    sa.CheckConstraint("(until IS NULL) = (bars_until IS NULL)", name="over_has_both_days"),
    sa.CheckConstraint("bars_until >= until", name="bars_after_it_is_over"),
    sa.UniqueConstraint("person_key", "credit_code", "kind"),
    sa.Index(None, "credit_code"),
)
