"""Published evaluation norms (评价规范): a row never changes once a class cites it (T05)."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from training_svc.schema import metadata

evaluation_norms = sa.Table(
    "evaluation_norms",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("project_code", sa.Text, sa.ForeignKey("projects.code"), nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("effective_from", sa.Date, nullable=False),
    sa.Column("pass_mark", sa.SmallInteger, nullable=False),
    # What is examined (笔试, 创业计划书, 答辩 ...): a list of code, name, weight in percent, own pass mark.
    sa.Column("parts", postgresql.JSONB, nullable=False),
    sa.Column("most_retakes", sa.SmallInteger, nullable=False),
    sa.Column("retake_months", sa.SmallInteger, nullable=False),
    # By how many points two blind scores may differ; none where one score is enough.
    sa.Column("most_difference", sa.SmallInteger),
    # How long a published result may be disputed; none where the dated number holds.
    sa.Column("dispute_days", sa.SmallInteger),
    sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("published_by", sa.Text, nullable=False),
    sa.Column("withdrawn_on", sa.Date),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.UniqueConstraint("project_code", "version"),
    sa.CheckConstraint("pass_mark BETWEEN 1 AND 100", name="pass_mark"),
    # The function is the migration's: a CHECK cannot sum a list by itself.
    sa.CheckConstraint("total_weight(parts) = 100", name="weights"),
    sa.CheckConstraint("most_retakes >= 0 AND retake_months > 0", name="retakes"),
    sa.CheckConstraint("most_difference BETWEEN 0 AND 100", name="most_difference"),
    sa.CheckConstraint("dispute_days > 0", name="dispute_days"),
    # One version begins on a day; a withdrawn one leaves its day free.
    sa.Index(
        "uq_evaluation_norms_first_day",
        "project_code",
        "effective_from",
        unique=True,
        postgresql_where=sa.text("withdrawn_on IS NULL"),
    ),
)
