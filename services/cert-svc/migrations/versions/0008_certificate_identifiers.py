"""Each edition from now on has an identifier of its own (电子证照标识; GB/T 36904-2018)."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# As before, with the identifier among what the next edition brings.
_REISSUE_OR_REVOKE = """
CREATE OR REPLACE FUNCTION reissue_or_revoke() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  edition text[] :=
    ARRAY['number', 'identifier', 'edition', 'masked_name', 'name_encrypted', 'reissued_on', 'version'];
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
         AND next.identifier IS NOT DISTINCT FROM NEW.identifier
         AND next.name_encrypted = NEW.name_encrypted AND next.masked_name = NEW.masked_name)) THEN
    RAISE EXCEPTION 'a certificate is reissued by its next edition' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    """What was issued before has none until it is reissued."""
    op.add_column("certificates", sa.Column("identifier", sa.Text(), nullable=True))
    op.add_column("certificate_editions", sa.Column("identifier", sa.Text(), nullable=True))
    op.create_unique_constraint(
        op.f("uq_certificate_editions_identifier"), "certificate_editions", ["identifier"]
    )
    op.execute(_REISSUE_OR_REVOKE)
