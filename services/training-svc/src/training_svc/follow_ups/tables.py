"""Follow-ups (跟踪服务) of completed trainees: their businesses, the checks, the services received."""

import sqlalchemy as sa

from training_svc.schema import metadata

follow_ups = sa.Table(
    "follow_ups",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("enrolment_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("class_id", sa.Uuid, nullable=False),
    sa.Column("institution_id", sa.Uuid, sa.ForeignKey("institutions.id"), nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("completed_on", sa.Date, nullable=False),
    sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("help_wanted", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(["class_id", "enrolment_id"], ["enrolments.class_id", "enrolments.id"]),
    # A check is due in the district and at the institution of its follow-up.
    sa.UniqueConstraint("id", "institution_id", "district"),
    sa.CheckConstraint("state IN ('not_opened', 'trading', 'closed')", name="state"),
    sa.CheckConstraint("NOT help_wanted OR state = 'closed'", name="help_wanted"),
    sa.Index("ix_follow_ups_district_id", "district", "id"),
    sa.Index("ix_follow_ups_institution_id_id", "institution_id", "id"),
    sa.Index("ix_follow_ups_completed_on_id", "completed_on", "id"),
    sa.Index("ix_follow_ups_help", "district", "id", postgresql_where=sa.text("help_wanted")),
)

businesses = sa.Table(
    "follow_up_businesses",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("follow_up_id", sa.Uuid, sa.ForeignKey("follow_ups.id"), nullable=False),
    sa.Column("number", sa.SmallInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("code_valid", sa.Boolean, nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("jobs", sa.Integer, nullable=False),
    sa.Column("closed_on", sa.Date),
    sa.Column("closing_reason", sa.Text),
    sa.UniqueConstraint("follow_up_id", "number"),
    sa.CheckConstraint("number >= 1", name="number"),
    sa.CheckConstraint("jobs BETWEEN 0 AND 100000 AND (closed_on IS NULL OR jobs = 0)", name="jobs"),
    sa.CheckConstraint("closed_on >= opened_on", name="dates"),
    sa.CheckConstraint("(closed_on IS NULL) = (closing_reason IS NULL)", name="closing"),
    # One business at a time.
    sa.Index(
        "uq_follow_up_businesses_trading",
        "follow_up_id",
        unique=True,
        postgresql_where=sa.text("closed_on IS NULL"),
    ),
)

checks = sa.Table(
    "follow_up_checks",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("follow_up_id", sa.Uuid, nullable=False),
    sa.Column("institution_id", sa.Uuid, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("business_id", sa.Uuid, sa.ForeignKey("follow_up_businesses.id")),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("months", sa.SmallInteger, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("passed", sa.Boolean),
    sa.Column("jobs", sa.Integer),
    sa.Column("checked_on", sa.Date),
    sa.Column("checked_by", sa.Text),
    sa.Column("note", sa.Text),
    sa.Column("reminded_at", sa.DateTime(timezone=True)),
    sa.ForeignKeyConstraint(
        ["follow_up_id", "institution_id", "district"],
        ["follow_ups.id", "follow_ups.institution_id", "follow_ups.district"],
    ),
    sa.UniqueConstraint("business_id", "months"),
    sa.CheckConstraint("kind IN ('opening', 'trading')", name="kind"),
    sa.CheckConstraint("(kind = 'trading') = (business_id IS NOT NULL)", name="business"),
    sa.CheckConstraint(
        "num_nonnulls(passed, checked_on, checked_by) IN (0, 3) AND (jobs IS NULL OR passed)", name="answer"
    ),
    sa.CheckConstraint("jobs BETWEEN 0 AND 100000", name="jobs"),
    sa.Index("ix_follow_up_checks_follow_up_id", "follow_up_id", "due_on"),
    sa.Index(
        "uq_follow_up_checks_opening",
        "follow_up_id",
        unique=True,
        postgresql_where=sa.text("kind = 'opening'"),
    ),
    # The queues of an institution, a district, the city, and of the timer that reminds.
    sa.Index(
        "ix_follow_up_checks_open_at_institution",
        "institution_id",
        "due_on",
        "id",
        postgresql_where=sa.text("passed IS NULL"),
    ),
    sa.Index(
        "ix_follow_up_checks_open_in_district",
        "district",
        "due_on",
        "id",
        postgresql_where=sa.text("passed IS NULL"),
    ),
    sa.Index("ix_follow_up_checks_open", "due_on", "id", postgresql_where=sa.text("passed IS NULL")),
    sa.Index(
        "ix_follow_up_checks_to_remind",
        "due_on",
        postgresql_where=sa.text("passed IS NULL AND reminded_at IS NULL"),
    ),
)

services = sa.Table(
    "follow_up_services",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("follow_up_id", sa.Uuid, sa.ForeignKey("follow_ups.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("provided_on", sa.Date, nullable=False),
    sa.Column("provided_by", sa.Text, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.CheckConstraint(
        "kind IN ('advice', 'policy', 'finance', 'premises', 'market', 'restart', 'other')", name="kind"
    ),
    sa.Index("ix_follow_up_services_follow_up_id_id", "follow_up_id", "id"),
)
