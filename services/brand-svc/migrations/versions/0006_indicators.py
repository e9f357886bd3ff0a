"""Counted facts of institutions, and their counts by year, kept by a trigger."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the tables and what keeps the counts."""
    op.create_table(
        "indicator_facts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_indicator_facts_amount")),
        sa.CheckConstraint(
            "kind IN ('evaluation', 'completion', 'class', 'opening', 'complaint', 'revocation', 'fraud')",
            name=op.f("ck_indicator_facts_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_facts")),
        sa.UniqueConstraint("kind", "reference", name=op.f("uq_indicator_facts_kind_reference")),
    )
    op.create_index(
        op.f("ix_indicator_facts_credit_code_kind_day_id"),
        "indicator_facts",
        ["credit_code", "kind", "day", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_indicator_facts_credit_code_day_id"),
        "indicator_facts",
        ["credit_code", "day", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_indicator_facts_credit_code_id"), "indicator_facts", ["credit_code", "id"], unique=False
    )
    op.create_table(
        "indicator_counts",
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("facts", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("facts >= 0 AND amount >= 0", name=op.f("ck_indicator_counts_not_below_nothing")),
        sa.PrimaryKeyConstraint("credit_code", "year", "kind", name=op.f("pk_indicator_counts")),
    )
    for statement in (_COUNT_ADDED, _COUNT_CHANGED, *_TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    """Takes them away again."""
    op.drop_table("indicator_counts")
    op.drop_table("indicator_facts")
    op.execute("DROP FUNCTION count_added_facts()")
    op.execute("DROP FUNCTION count_changed_facts()")


# Rows of the counts are taken in one order, so that nobody waits in a circle.
_COUNT_ADDED = """
CREATE FUNCTION count_added_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO indicator_counts AS counted (credit_code, year, kind, facts, amount)
    SELECT credit_code, extract(year FROM day), kind, count(*), sum(amount)
    FROM added WHERE counts GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (credit_code, year, kind) DO UPDATE
    SET facts = counted.facts + excluded.facts, amount = counted.amount + excluded.amount;
    RETURN NULL;
END
$$
"""
_COUNT_CHANGED = """
CREATE FUNCTION count_changed_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO indicator_counts (credit_code, year, kind, facts, amount)
    SELECT DISTINCT credit_code, extract(year FROM day)::integer, kind, 0, 0
    FROM changed WHERE counts ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING;
    PERFORM 1 FROM indicator_counts WHERE (credit_code, year, kind) IN (
        SELECT credit_code, extract(year FROM day)::integer, kind FROM changed
        UNION SELECT credit_code, extract(year FROM day)::integer, kind FROM before_change
    ) ORDER BY credit_code, year, kind FOR UPDATE;
    UPDATE indicator_counts AS counted
    SET facts = counted.facts + change.facts, amount = counted.amount + change.amount
    FROM (
        SELECT credit_code, year, kind, sum(sign) AS facts, sum(sign * told.amount) AS amount
        FROM (
            SELECT credit_code, extract(year FROM day)::integer AS year, kind, 1 AS sign, amount
            FROM changed WHERE counts
            UNION ALL
            SELECT credit_code, extract(year FROM day)::integer, kind, -1, amount
            FROM before_change WHERE counts
        ) AS told
        GROUP BY credit_code, year, kind
        HAVING sum(sign) <> 0 OR sum(sign * told.amount) <> 0
    ) AS change
    WHERE (counted.credit_code, counted.year, counted.kind) = (change.credit_code, change.year, change.kind);
    RETURN NULL;
END
$$
"""
_TRIGGERS = (
    """
    CREATE TRIGGER added_facts_are_counted AFTER INSERT ON indicator_facts
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_added_facts()
    """,
    """
    CREATE TRIGGER changed_facts_are_counted AFTER UPDATE ON indicator_facts
    REFERENCING OLD TABLE AS before_change NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION count_changed_facts()
    """,
    """
    CREATE TRIGGER facts_stay BEFORE DELETE OR TRUNCATE ON indicator_facts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)
