"""Certificates are reissued: each number is an edition of one certificate, and none is given out twice."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import only_grows

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_FIRST_EDITIONS = """
INSERT INTO certificate_editions
  (certificate_id, edition, number, masked_name, name_encrypted, at, actor, role)
SELECT certificates.id, 1, certificates.number, masked_name, name_encrypted, issued_at, actor, role
FROM certificates JOIN certificate_ledger ON certificate_id = certificates.id AND entry = 'issued'
"""
# A certificate goes to its next edition or is revoked, and changes in nothing besides.
_REISSUE_OR_REVOKE = """
CREATE FUNCTION reissue_or_revoke() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  edition text[] := ARRAY['number', 'edition', 'masked_name', 'name_encrypted', 'reissued_on', 'version'];
  revocation text[] :=
    ARRAY['state', 'version', 'reason_code', 'exit_ground', 'note', 'revoked_on', 'revoked_at'];
  may_change text[] := CASE NEW.state WHEN 'revoked' THEN revocation ELSE edition END;
BEGIN
  IF OLD.state <> 'valid' OR NEW.version <> OLD.version + 1
     OR to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change THEN
    RAISE EXCEPTION 'a certificate is reissued, or revoked once' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = 'valid' AND (NEW.edition <> OLD.edition + 1 OR NOT EXISTS (
       SELECT FROM certificate_editions AS next WHERE next.certificate_id = NEW.id
         AND next.edition = NEW.edition AND next.number = NEW.number
         AND next.name_encrypted = NEW.name_encrypted AND next.masked_name = NEW.masked_name)) THEN
    RAISE EXCEPTION 'a certificate is reissued by its next edition' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Every number given out so far becomes a first edition; the day of issue never changes (C06, D01)."""
    _editions()
    _certificates()
    _ledger()


def _editions() -> None:
    op.create_table(
        "certificate_editions",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=False),
        sa.Column("name_encrypted", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.CheckConstraint("edition BETWEEN 1 AND 999", name=op.f("ck_certificate_editions_edition")),
        sa.CheckConstraint(
            "reason_code IN ('lost', 'damaged', 'name_corrected')",
            name=op.f("ck_certificate_editions_reason_code"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(reason_code, note) = CASE edition WHEN 1 THEN 0 ELSE 2 END",
            name=op.f("ck_certificate_editions_replaced_for_a_reason"),
        ),
        sa.CheckConstraint(
            "(reason_code IS NOT DISTINCT FROM 'name_corrected') = (evidence IS NOT NULL)",
            name=op.f("ck_certificate_editions_corrected_by_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_editions_certificate_id"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("certificate_id", "edition", name=op.f("pk_certificate_editions")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_editions_number")),
    )
    op.execute(_FIRST_EDITIONS)
    only_grows("certificate_editions")


def _certificates() -> None:
    op.add_column("certificates", sa.Column("edition", sa.SmallInteger(), server_default="1", nullable=False))
    op.alter_column("certificates", "edition", server_default=None)
    op.add_column("certificates", sa.Column("reissued_on", sa.Date(), nullable=True))
    # The check of the new rows' certificates waits for the commit; a table is altered only once none waits.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.create_foreign_key(
        op.f("fk_certificates_number"), "certificates", "certificate_editions", ["number"], ["number"]
    )
    op.create_check_constraint(
        op.f("ck_certificates_edition"),
        "certificates",
        "edition BETWEEN 1 AND 999 AND (edition > 1) = (reissued_on IS NOT NULL)",
    )
    op.execute("DROP TRIGGER revoke_only ON certificates")
    op.execute("DROP FUNCTION revoke_only()")
    op.execute(_REISSUE_OR_REVOKE)
    op.execute(
        "CREATE TRIGGER reissue_or_revoke BEFORE UPDATE ON certificates "
        "FOR EACH ROW EXECUTE FUNCTION reissue_or_revoke()"
    )


def _ledger() -> None:
    op.drop_constraint("uq_certificate_ledger_certificate_id_entry", "certificate_ledger")
    op.create_unique_constraint(
        op.f("uq_certificate_ledger_certificate_id_entry_number"),
        "certificate_ledger",
        ["certificate_id", "entry", "number"],
    )
    op.drop_constraint("ck_certificate_ledger_entry", "certificate_ledger")
    op.create_check_constraint(
        op.f("ck_certificate_ledger_entry"),
        "certificate_ledger",
        "entry IN ('issued', 'reissued', 'revoked')",
    )
    op.drop_constraint("ck_certificate_ledger_revoked_has_reason", "certificate_ledger")
    op.create_check_constraint(
        op.f("ck_certificate_ledger_changed_for_a_reason"),
        "certificate_ledger",
        "(entry <> 'issued') = (reason_code IS NOT NULL)",
    )
