"""Blank certificates from the printer, the ledger of their moves, and stock-takings."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import only_grows
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# A blank goes from state to state; its holder changes by allotting and returning alone, its edition never.
_MOVES = """
CREATE FUNCTION blank_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  step text := OLD.state || ' ' || NEW.state;
BEGIN
  IF NEW.version <> OLD.version + 1
     OR step NOT IN ('in_stock allotted', 'allotted in_stock', 'allotted printed', 'printed issued',
                     'in_stock spoiled', 'allotted spoiled', 'printed spoiled')
     OR (NEW.serial, NEW.prefix, NEW.number, NEW.kind, NEW.receipt_id)
        IS DISTINCT FROM (OLD.serial, OLD.prefix, OLD.number, OLD.kind, OLD.receipt_id)
     OR (NEW.district, NEW.body_id) IS DISTINCT FROM (OLD.district, OLD.body_id)
        AND step NOT IN ('in_stock allotted', 'allotted in_stock')
     OR (NEW.certificate_id, NEW.edition) IS DISTINCT FROM (OLD.certificate_id, OLD.edition)
        AND step <> 'allotted printed' THEN
    RAISE EXCEPTION 'a blank does not go from % to % like this', OLD.state, NEW.state
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Nothing is printed on two blanks, nothing received twice, and nothing deleted (C06)."""
    _receipts()
    _blanks()
    _ledger()
    _takings()


def _receipts() -> None:
    op.create_table(
        "stock_receipts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("printer", sa.Text(), nullable=False),
        sa.Column("delivery_note", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "first_number BETWEEN 1 AND last_number AND last_number <= 99999999",
            name=op.f("ck_stock_receipts_range"),
        ),
        postgresql.ExcludeConstraint(
            (sa.column("prefix"), "="),
            (sa.text("int4range(first_number, last_number, '[]')"), "&&"),
            name="ex_stock_receipts_once",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_receipts")),
    )
    only_grows("stock_receipts")


def _blanks() -> None:
    op.create_table(
        "blanks",
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("body_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("edition", sa.SmallInteger(), nullable=True),
        sa.Column("issued_to", sa.Text(), nullable=True),
        sa.Column("issued_to_key", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("spoil_reason", sa.Text(), nullable=True),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_blanks_{name}"))
            for name, condition in _BLANK_CHECKS.items()
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["stock_receipts.id"], name=op.f("fk_blanks_receipt_id")),
        sa.ForeignKeyConstraint(["body_id"], ["evaluation_bodies.id"], name=op.f("fk_blanks_body_id")),
        sa.ForeignKeyConstraint(
            ["certificate_id", "edition"],
            ["certificate_editions.certificate_id", "certificate_editions.edition"],
            name=op.f("fk_blanks_certificate_id_edition"),
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_blanks")),
        sa.UniqueConstraint("prefix", "number", name=op.f("uq_blanks_prefix_number")),
    )
    op.create_index(
        "uq_blanks_edition",
        "blanks",
        ["certificate_id", "edition"],
        unique=True,
        postgresql_where=sa.text("state IN ('printed', 'issued')"),
    )
    op.create_index(
        op.f("ix_blanks_kind_district_body_id_state"), "blanks", ["kind", "district", "body_id", "state"]
    )
    op.create_index(op.f("ix_blanks_district_serial"), "blanks", ["district", "serial"])
    op.create_index(op.f("ix_blanks_state_serial"), "blanks", ["state", "serial"])
    op.execute(_MOVES)
    op.execute(
        "CREATE TRIGGER blank_moves BEFORE UPDATE ON blanks FOR EACH ROW EXECUTE FUNCTION blank_moves()"
    )
    op.execute(
        "CREATE TRIGGER nothing_deleted BEFORE DELETE OR TRUNCATE ON blanks "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


_BLANK_CHECKS = {
    "state": "state IN ('in_stock', 'allotted', 'printed', 'issued', 'spoiled')",
    "one_holder": "CASE state WHEN 'in_stock' THEN num_nonnulls(district, body_id) = 0 "
    "WHEN 'spoiled' THEN num_nonnulls(district, body_id) <= 1 "
    "ELSE num_nonnulls(district, body_id) = 1 END",
    "printed_has_edition": "num_nonnulls(certificate_id, edition) IN (0, 2) AND "
    "CASE WHEN state IN ('printed', 'issued') "
    "THEN edition IS NOT NULL WHEN state = 'spoiled' THEN true ELSE edition IS NULL END",
    "issued_is_complete": "num_nonnulls(issued_to, issued_to_key, issued_on) = "
    "CASE state WHEN 'issued' THEN 3 ELSE 0 END",
    "spoiled_has_reason": "(state = 'spoiled') = (spoil_reason IS NOT NULL)",
}


def _ledger() -> None:
    op.create_table(
        "stock_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("from_district", sa.Text(), nullable=True),
        sa.Column("from_body_id", sa.Uuid(), nullable=True),
        sa.Column("to_district", sa.Text(), nullable=True),
        sa.Column("to_body_id", sa.Uuid(), nullable=True),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("edition", sa.SmallInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "move IN ('receive', 'allot', 'return', 'print', 'issue', 'spoil')",
            name=op.f("ck_stock_moves_move"),
        ),
        sa.CheckConstraint(
            "(move = 'receive') = (from_state IS NULL)", name=op.f("ck_stock_moves_received_from_nowhere")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_moves")),
    )
    op.create_index(
        "ix_stock_moves_range",
        "stock_moves",
        ["prefix", sa.text("int4range(first_number, last_number, '[]')")],
        postgresql_using="gist",
    )
    only_grows("stock_moves")


def _takings() -> None:
    op.create_table(
        "stock_takings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("body_id", sa.Uuid(), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.CheckConstraint("counted >= 0 AND booked >= 0", name=op.f("ck_stock_takings_counts")),
        sa.CheckConstraint("num_nonnulls(district, body_id) <= 1", name=op.f("ck_stock_takings_one_holder")),
        sa.ForeignKeyConstraint(["body_id"], ["evaluation_bodies.id"], name=op.f("fk_stock_takings_body_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_takings")),
    )
    op.create_index(op.f("ix_stock_takings_district_id"), "stock_takings", ["district", "id"])
    only_grows("stock_takings")
