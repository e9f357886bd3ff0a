"""Results (培训结果) of enrolments as cert-svc tells them: passed or not, and whether that was taken back."""

import sqlalchemy as sa

from training_svc.schema import metadata

results = sa.Table(
    "results",
    metadata,
    sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id"), primary_key=True),
    # How often the enrolment was evaluated, whether it passed once, and the day of the best or last attempt.
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("passed", sa.Boolean, nullable=False),
    sa.Column("evaluated_on", sa.Date),
    # That a certificate was revoked for what makes the result void.
    sa.Column("void", sa.Boolean, nullable=False),
    sa.Column("revoked_on", sa.Date),
    sa.Column("revocation_reason", sa.Text),
    sa.CheckConstraint("(attempts > 0) = (evaluated_on IS NOT NULL)", name="evaluated"),
    sa.CheckConstraint("num_nonnulls(revoked_on, revocation_reason) IN (0, 2)", name="revoked"),
    sa.CheckConstraint("NOT void OR revoked_on IS NOT NULL", name="void"),
)
