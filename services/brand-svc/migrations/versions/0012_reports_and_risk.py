"""Reports about institutions, and how many signals each has by month."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Statement by statement and in one order, so that nobody waits in a circle.
_TALLY = """
CREATE FUNCTION tally_signals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO signal_tallies AS tallied (credit_code, month, source, ground, signals)
    SELECT credit_code, date_trunc('month', occurred_on)::date, source, coalesce(ground, ''), count(*)
    FROM added GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (credit_code, month, source, ground) DO UPDATE
    SET signals = tallied.signals + excluded.signals;
    RETURN NULL;
END
$$
"""
_TRIGGERS = (
    """
    CREATE TRIGGER signals_are_tallied AFTER INSERT ON signals
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION tally_signals()
    """,
    """
    CREATE TRIGGER accepted_reports_stay BEFORE UPDATE OR DELETE ON reports
    FOR EACH ROW WHEN (OLD.state = 'accepted') EXECUTE FUNCTION refuse_change()
    """,
)
_BEFORE = """
INSERT INTO signal_tallies (credit_code, month, source, ground, signals)
SELECT credit_code, date_trunc('month', occurred_on)::date, source, coalesce(ground, ''), count(*)
FROM signals GROUP BY 1, 2, 3, 4
"""


def upgrade() -> None:
    """Adds the reports (B10) and the tallies that the risk board reckons from."""
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("institution_name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("content_encrypted", sa.Text(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=True),
        sa.Column("masked_phone", sa.Text(), nullable=True),
        sa.Column("name_encrypted", sa.Text(), nullable=True),
        sa.Column("phone_encrypted", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_from", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('public', 'agency', 'transferred')", name=op.f("ck_reports_channel_known")
        ),
        sa.CheckConstraint(
            "state IN ('received', 'accepted', 'declined')", name=op.f("ck_reports_state_known")
        ),
        sa.CheckConstraint("ground IN ('X1', 'X2', 'X3', 'X4', 'X5')", name=op.f("ck_reports_ground_known")),
        sa.CheckConstraint(
            "(state = 'accepted') = (ground IS NOT NULL)", name=op.f("ck_reports_accepted_on_ground")
        ),
        sa.CheckConstraint(
            "num_nonnulls(outcome, decided_on, decided_by) = CASE state WHEN 'received' THEN 0 ELSE 3 END",
            name=op.f("ck_reports_decided"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(masked_name, masked_phone, name_encrypted, phone_encrypted) IN (0, 4)",
            name=op.f("ck_reports_reporter"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("receipt", name=op.f("uq_reports_receipt")),
    )
    for column in ("district", "credit_code", "received_on"):
        op.create_index(op.f(f"ix_reports_{column}_id"), "reports", [column, "id"])
    op.create_table(
        "signal_tallies",
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("signals", sa.Integer(), nullable=False),
        sa.CheckConstraint("signals > 0", name=op.f("ck_signal_tallies_something")),
        sa.PrimaryKeyConstraint("credit_code", "month", "source", "ground", name=op.f("pk_signal_tallies")),
    )
    for statement in (_BEFORE, _TALLY, *_TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    """Takes them away again."""
    op.execute("DROP TRIGGER signals_are_tallied ON signals")
    op.execute("DROP FUNCTION tally_signals()")
    op.drop_table("signal_tallies")
    op.drop_table("reports")
