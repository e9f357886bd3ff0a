"""Budgets by district, fund line and year, drawn on by the ledger (O04)."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_RESTS_ON = "occasion = 'reverse' OR num_nonnulls(claim_id, batch_id, budget_id) > 0"
# What was sealed before budgets were kept stands: its funds get just that, for the city centre to amend.
_EARLIER = """
INSERT INTO budgets (id, district, fund_line, fund_year, amount_fen, document_number, reason, set_at, set_by,
    version)
SELECT gen_random_uuid(), district, fund_line, fund_year, sum(CASE occasion WHEN 'seal' THEN amount_fen
    ELSE -amount_fen END), '系统升级', '升级前已封存的支付', now(), 'migration', 1
FROM ledger_entries WHERE occasion IN ('seal', 'hold_out', 'fail', 'return')
GROUP BY district, fund_line, fund_year
"""
_DRAWN = "UPDATE budgets SET drawn_fen = amount_fen"
_ALLOTTED = """
INSERT INTO ledger_entries (posted_at, posted_on, posted_by, occasion, district, fund_line, fund_year,
    debit, credit, amount_fen, claims, budget_id)
SELECT now(), (now() AT TIME ZONE 'Asia/Shanghai')::date, 'migration', 'allot', district, fund_line,
    fund_year, 'available', 'budget', amount_fen, 0, id
FROM budgets WHERE amount_fen > 0
"""
_DRAW = """
CREATE FUNCTION draw_on_budget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE budgets SET drawn_fen = drawn_fen
        + CASE NEW.debit WHEN 'payable' THEN NEW.amount_fen ELSE -NEW.amount_fen END
    WHERE district = NEW.district AND fund_line = NEW.fund_line AND fund_year = NEW.fund_year;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no budget of % for % in %', NEW.district, NEW.fund_line, NEW.fund_year
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
_DRAWS = """
CREATE TRIGGER ledger_entries_draw BEFORE INSERT ON ledger_entries FOR EACH ROW
WHEN (NEW.debit = 'payable' AND NEW.credit = 'committed'
    OR NEW.debit = 'committed' AND NEW.credit = 'payable')
EXECUTE FUNCTION draw_on_budget()
"""
_NEVER_DELETED = """
CREATE TRIGGER budgets_never_deleted BEFORE DELETE OR TRUNCATE ON budgets
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.create_table(
        "budgets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("fund_line", sa.Text(), nullable=False),
        sa.Column("fund_year", sa.SmallInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("drawn_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("fund_line IN ('stage_3_subsidy')", name=op.f("ck_budgets_fund_line")),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_budgets_amount_fen")),
        sa.CheckConstraint("drawn_fen BETWEEN 0 AND amount_fen", name=op.f("ck_budgets_overdrawn")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budgets")),
        sa.UniqueConstraint(
            "district", "fund_line", "fund_year", name=op.f("uq_budgets_district_fund_line_fund_year")
        ),
    )
    op.execute(_EARLIER)
    op.execute(_DRAWN)
    _rests_on_budgets()
    op.execute(_ALLOTTED)
    op.execute(_DRAW)
    op.execute(_DRAWS)
    op.execute(_NEVER_DELETED)


def _rests_on_budgets() -> None:
    op.add_column("ledger_entries", sa.Column("budget_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_ledger_entries_budget_id"), "ledger_entries", "budgets", ["budget_id"], ["id"]
    )
    op.drop_constraint(op.f("ck_ledger_entries_rests_on"), "ledger_entries")
    op.create_check_constraint(op.f("ck_ledger_entries_rests_on"), "ledger_entries", _RESTS_ON)
