"""A corrected name is that of the completion too, so that later certificates bear it."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# As before, but that a name may be corrected by itself.
_CHANGES = """
CREATE OR REPLACE FUNCTION completion_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  name text[] := ARRAY['masked_name', 'name_encrypted'];
  revocation text[] := ARRAY['revoked_on', 'revocation_ground'];
  counted text[] := revocation || ARRAY['class_ended_on', 'completed_on', 'sessions_attended',
    'sessions_held', 'instructor_keys', 'recorded_at'];
  may_change text[] := CASE WHEN OLD.revoked_on IS NULL THEN revocation ELSE counted END;
BEGIN
  IF to_jsonb(NEW) - name = to_jsonb(OLD) - name THEN
    RETURN NEW;
  END IF;
  IF (OLD.revoked_on IS NULL) = (NEW.revoked_on IS NULL) OR NEW.completed_on < OLD.completed_on
     OR to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change THEN
    RAISE EXCEPTION 'a completion is taken back, or completed again' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Names, and nothing besides (C06)."""
    op.execute(_CHANGES)
