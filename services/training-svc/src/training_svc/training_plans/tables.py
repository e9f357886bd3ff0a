"""The districts' yearly training plans (年度培训计划), one a district and year, and their lines."""

import sqlalchemy as sa

from training_svc.schema import metadata

training_plans = sa.Table(
    "training_plans",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("year", sa.SmallInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("submitted_on", sa.Date, nullable=False),
    sa.Column("submitted_by", sa.Text, nullable=False),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("decided_on", sa.Date),
    sa.Column("decided_by", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("district", "year"),
    sa.CheckConstraint("state IN ('submitted', 'accepted', 'returned')", name="state"),
    sa.CheckConstraint(
        "num_nulls(decided_at, decided_on, decided_by) = CASE state WHEN 'submitted' THEN 3 ELSE 0 END",
        name="decided",
    ),
    sa.CheckConstraint("(state = 'returned') = (reason IS NOT NULL)", name="reason"),
)

training_plan_lines = sa.Table(
    "training_plan_lines",
    metadata,
    sa.Column("plan_id", sa.Uuid, sa.ForeignKey("training_plans.id"), primary_key=True),
    sa.Column("stage", sa.SmallInteger, primary_key=True),
    sa.Column("target_group", sa.Text, primary_key=True),
    sa.Column("people", sa.Integer, nullable=False),
    sa.Column("classes", sa.Integer, nullable=False),
    sa.CheckConstraint("stage BETWEEN 1 AND 4", name="stage"),
    sa.CheckConstraint(
        "target_group IN ('general', 'student', 'veteran', 'disabled', 'soon_released',"
        " 'contest_winner', 'venture_backed')",
        name="target_group",
    ),
    sa.CheckConstraint("people > 0 AND classes >= 0", name="planned"),
)
