"""Results (培训结果) of enrolments as cert-svc tells them: passed or not, and whether that was taken back.

A result is reckoned from its attempts, each an evaluation that was confirmed, as it stands.
"""

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

result_attempts = sa.Table(
    "result_attempts",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id"), nullable=False),
    # None of what was told before each evaluation was kept, until it is told of again.
    sa.Column("evaluation_id", sa.Uuid, unique=True),
    sa.Column("passed", sa.Boolean, nullable=False),
    sa.Column("evaluated_on", sa.Date, nullable=False),
    sa.Column("voided", sa.Boolean, nullable=False),
    sa.Index(None, "enrolment_id", "id"),
)
