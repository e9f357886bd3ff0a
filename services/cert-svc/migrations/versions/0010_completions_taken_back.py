"""A completion may be taken back, and told again; its certificates are then issued anew."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# A completion is taken back, or completed again after that, and changes in nothing besides.
_TAKEN_BACK = """
CREATE FUNCTION completion_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  revocation text[] := ARRAY['revoked_on', 'revocation_ground'];
  counted text[] := revocation || ARRAY['class_ended_on', 'completed_on', 'sessions_attended',
    'sessions_held', 'instructor_keys', 'recorded_at'];
  may_change text[] := CASE WHEN OLD.revoked_on IS NULL THEN revocation ELSE counted END;
BEGIN
  IF (OLD.revoked_on IS NULL) = (NEW.revoked_on IS NULL) OR NEW.completed_on < OLD.completed_on
     OR to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change THEN
    RAISE EXCEPTION 'a completion is taken back, or completed again' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.add_column("completions", sa.Column("revoked_on", sa.Date(), nullable=True))
    op.add_column("completions", sa.Column("revocation_ground", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_completions_revoked_for_a_ground"),
        "completions",
        "(revoked_on IS NULL) = (revocation_ground IS NULL)",
    )
    op.execute("DROP TRIGGER append_only ON completions")
    op.execute(_TAKEN_BACK)
    op.execute(
        "CREATE TRIGGER completion_taken_back BEFORE UPDATE ON completions "
        "FOR EACH ROW EXECUTE FUNCTION completion_taken_back()"
    )
    _one_valid_certificate()


def _one_valid_certificate() -> None:
    for name, columns in (
        ("uq_certificates_enrolment_id_kind", ["enrolment_id", "kind"]),
        ("uq_certificates_evaluation_id", ["evaluation_id"]),
    ):
        op.drop_constraint(name, "certificates")
        op.create_index(
            name, "certificates", columns, unique=True, postgresql_where=sa.text("state = 'valid'")
        )
    op.create_index(op.f("ix_certificates_enrolment_id_id"), "certificates", ["enrolment_id", "id"])
    op.create_index(
        op.f("ix_certificates_evaluation_id_id"),
        "certificates",
        ["evaluation_id", "id"],
        postgresql_where=sa.text("evaluation_id IS NOT NULL"),
    )
