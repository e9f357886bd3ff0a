"""Blank certificates, what was received, and the ledger of their moves (空白证书台账; C06).

Triggers let a blank go from state to state and to nothing besides; receipts and moves only grow.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from cert_svc.schema import metadata

receipts = sa.Table(
    "stock_receipts",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("prefix", sa.Text, nullable=False),
    sa.Column("first_number", sa.Integer, nullable=False),
    sa.Column("last_number", sa.Integer, nullable=False),
    sa.Column("printer", sa.Text, nullable=False),
    sa.Column("delivery_note", sa.Text, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("received_by", sa.Text, nullable=False),
    sa.CheckConstraint("first_number BETWEEN 1 AND last_number AND last_number <= 99999999", name="range"),
    postgresql.ExcludeConstraint(
        ("prefix", "="),
        (sa.text("int4range(first_number, last_number, '[]')"), "&&"),
        name="ex_stock_receipts_once",
    ),
)

blanks = sa.Table(
    "blanks",
    metadata,
    sa.Column("serial", sa.Text, primary_key=True),
    sa.Column("prefix", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("receipt_id", sa.Uuid, sa.ForeignKey("stock_receipts.id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("district", sa.Text),
    sa.Column("body_id", sa.Uuid, sa.ForeignKey("evaluation_bodies.id")),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("certificate_id", sa.Uuid),
    sa.Column("edition", sa.SmallInteger),
    sa.Column("issued_to", sa.Text),
    sa.Column("issued_to_key", sa.Text),
    sa.Column("issued_on", sa.Date),
    sa.Column("spoil_reason", sa.Text),
    sa.UniqueConstraint("prefix", "number"),
    sa.ForeignKeyConstraint(
        ["certificate_id", "edition"],
        ["certificate_editions.certificate_id", "certificate_editions.edition"],
    ),
    # A spoiled sheet frees its edition; no other does.
    sa.Index(
        "uq_blanks_edition",
        "certificate_id",
        "edition",
        unique=True,
        postgresql_where=sa.text("state IN ('printed', 'issued')"),
    ),
    sa.CheckConstraint("state IN ('in_stock', 'allotted', 'printed', 'issued', 'spoiled')", name="state"),
    sa.CheckConstraint(
        "CASE state WHEN 'in_stock' THEN num_nonnulls(district, body_id) = 0 "
        "WHEN 'spoiled' THEN num_nonnulls(district, body_id) <= 1 "
        "ELSE num_nonnulls(district, body_id) = 1 END",
        name="one_holder",
    ),
    sa.CheckConstraint(
        "num_nonnulls(certificate_id, edition) IN (0, 2) AND CASE WHEN state IN ('printed', 'issued') "
        "THEN edition IS NOT NULL WHEN state = 'spoiled' THEN true ELSE edition IS NULL END",
        name="printed_has_edition",
    ),
    sa.CheckConstraint(
        "num_nonnulls(issued_to, issued_to_key, issued_on) = CASE state WHEN 'issued' THEN 3 ELSE 0 END",
        name="issued_is_complete",
    ),
    sa.CheckConstraint("(state = 'spoiled') = (spoil_reason IS NOT NULL)", name="spoiled_has_reason"),
    # The counts by kind, holder and state are read from this index alone.
    sa.Index(None, "kind", "district", "body_id", "state"),
    sa.Index(None, "district", "serial"),
    sa.Index(None, "state", "serial"),
)

moves = sa.Table(
    "stock_moves",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("move", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("prefix", sa.Text, nullable=False),
    sa.Column("first_number", sa.Integer, nullable=False),
    sa.Column("last_number", sa.Integer, nullable=False),
    sa.Column("from_state", sa.Text),
    sa.Column("to_state", sa.Text, nullable=False),
    sa.Column("from_district", sa.Text),
    sa.Column("from_body_id", sa.Uuid),
    sa.Column("to_district", sa.Text),
    sa.Column("to_body_id", sa.Uuid),
    sa.Column("certificate_id", sa.Uuid),
    sa.Column("edition", sa.SmallInteger),
    sa.Column("reason", sa.Text),
    sa.CheckConstraint("move IN ('receive', 'allot', 'return', 'print', 'issue', 'spoil')", name="move"),
    sa.CheckConstraint("(move = 'receive') = (from_state IS NULL)", name="received_from_nowhere"),
    # The moves of one serial, among ranges of any length.
    sa.Index(
        "ix_stock_moves_range",
        "prefix",
        sa.text("int4range(first_number, last_number, '[]')"),
        postgresql_using="gist",
    ),
)

stock_takings = sa.Table(
    "stock_takings",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("district", sa.Text),
    sa.Column("body_id", sa.Uuid, sa.ForeignKey("evaluation_bodies.id")),
    sa.Column("counted", sa.Integer, nullable=False),
    sa.Column("booked", sa.Integer, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("taken_by", sa.Text, nullable=False),
    sa.CheckConstraint("counted >= 0 AND booked >= 0", name="counts"),
    sa.CheckConstraint("num_nonnulls(district, body_id) <= 1", name="one_holder"),
    sa.Index(None, "district", "id"),
)
