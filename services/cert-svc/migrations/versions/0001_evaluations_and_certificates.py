"""Completed trainings, evaluations, certificates and their ledger, with the tables of the mechanisms."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import create_mechanisms

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_APPEND_ONLY = ("certificate_ledger", "completions")
_NOTHING_DELETED = (*_APPEND_ONLY, "certificates", "evaluations")

# A certificate changes once, from valid to revoked, and in no column besides.
_REVOKE_ONLY = """
CREATE FUNCTION revoke_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  revocation text[] :=
    ARRAY['state', 'version', 'reason_code', 'exit_ground', 'note', 'revoked_on', 'revoked_at'];
BEGIN
  IF OLD.state <> 'valid' OR NEW.state <> 'revoked' OR NEW.version <> OLD.version + 1
     OR to_jsonb(NEW) - revocation <> to_jsonb(OLD) - revocation THEN
    RAISE EXCEPTION 'a certificate can only be revoked, once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    create_mechanisms()
    _evaluations()
    _certificates()
    _protect()


def _evaluations() -> None:
    op.create_table(
        "completions",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("institution_name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.Column("project_name", sa.Text(), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=False),
        sa.Column("name_encrypted", sa.Text(), nullable=False),
        sa.Column("id_number_encrypted", sa.Text(), nullable=False),
        sa.Column("standard_version", sa.Text(), nullable=False),
        sa.Column("class_started_on", sa.Date(), nullable=False),
        sa.Column("class_ended_on", sa.Date(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("sessions_attended", sa.Integer(), nullable=False),
        sa.Column("sessions_held", sa.Integer(), nullable=False),
        sa.Column("instructor_keys", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stage BETWEEN 1 AND 4", name=op.f("ck_completions_stage")),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_completions")),
    )
    op.create_table(
        "evaluations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("pass_mark", sa.SmallInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("scored_by", sa.Text(), nullable=True),
        sa.Column("scored_by_key", sa.Text(), nullable=True),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evaluated_on", sa.Date(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_by_key", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(passed, confirmed_by, confirmed_by_key, confirmed_at) = "
            "CASE state WHEN 'confirmed' THEN 4 ELSE 0 END",
            name=op.f("ck_evaluations_confirmed_is_complete"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(score, comment, scored_by, scored_by_key, scored_at, evaluated_on) = "
            "CASE state WHEN 'open' THEN 0 ELSE 6 END",
            name=op.f("ck_evaluations_scored_is_complete"),
        ),
        sa.CheckConstraint("state IN ('open', 'scored', 'confirmed')", name=op.f("ck_evaluations_state")),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_evaluations_attempt")),
        sa.CheckConstraint(
            "confirmed_by <> scored_by AND confirmed_by_key <> scored_by_key",
            name=op.f("ck_evaluations_four_eyes"),
        ),
        sa.CheckConstraint("pass_mark BETWEEN 1 AND 100", name=op.f("ck_evaluations_pass_mark")),
        sa.CheckConstraint("passed = (score >= pass_mark)", name=op.f("ck_evaluations_passed_follows_score")),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_evaluations_score")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["completions.enrolment_id"], name=op.f("fk_evaluations_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
        sa.UniqueConstraint("enrolment_id", "attempt", name=op.f("uq_evaluations_enrolment_id_attempt")),
    )
    op.create_index(op.f("ix_evaluations_district_id"), "evaluations", ["district", "id"], unique=False)
    op.create_index(op.f("ix_evaluations_state_id"), "evaluations", ["state", "id"], unique=False)
    op.create_index(
        "uq_evaluations_not_failed",
        "evaluations",
        ["enrolment_id"],
        unique=True,
        postgresql_where=sa.text("passed IS NOT FALSE"),
    )


def _certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("institution_name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.Column("project_name", sa.Text(), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=False),
        sa.Column("name_encrypted", sa.Text(), nullable=False),
        sa.Column("id_number_encrypted", sa.Text(), nullable=False),
        sa.Column("class_started_on", sa.Date(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=True),
        sa.Column("evaluated_on", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("exit_ground", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'training_qualification') = (evaluation_id IS NOT NULL AND evaluated_on IS NOT NULL)",
            name=op.f("ck_certificates_qualification_has_evaluation"),
        ),
        sa.CheckConstraint(
            "CASE kind WHEN 'entrepreneurship_completion' THEN stage IN (1, 2, 4) "
            "WHEN 'training_completion' THEN stage = 3 "
            "WHEN 'training_qualification' THEN stage = 3 ELSE false END",
            name=op.f("ck_certificates_kind_fits_stage"),
        ),
        sa.CheckConstraint(
            "exit_ground IN ('X1', 'X2', 'X3', 'X4', 'X5')", name=op.f("ck_certificates_exit_ground")
        ),
        sa.CheckConstraint(
            "num_nonnulls(reason_code, note, revoked_on, revoked_at) = "
            "CASE state WHEN 'revoked' THEN 4 ELSE 0 END AND (exit_ground IS NULL OR state = 'revoked')",
            name=op.f("ck_certificates_revocation_is_complete"),
        ),
        sa.CheckConstraint("state IN ('valid', 'revoked')", name=op.f("ck_certificates_state")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["completions.enrolment_id"], name=op.f("fk_certificates_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluations.id"], name=op.f("fk_certificates_evaluation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("enrolment_id", "kind", name=op.f("uq_certificates_enrolment_id_kind")),
        sa.UniqueConstraint("evaluation_id", name=op.f("uq_certificates_evaluation_id")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
    )
    op.create_index(op.f("ix_certificates_district_id"), "certificates", ["district", "id"], unique=False)
    op.create_index(op.f("ix_certificates_person_key_id"), "certificates", ["person_key", "id"], unique=False)
    op.create_table(
        "certificate_ledger",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(entry = 'revoked') = (reason_code IS NOT NULL)",
            name=op.f("ck_certificate_ledger_revoked_has_reason"),
        ),
        sa.CheckConstraint("entry IN ('issued', 'revoked')", name=op.f("ck_certificate_ledger_entry")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certificate_ledger_certificate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_ledger")),
        sa.UniqueConstraint(
            "certificate_id", "entry", name=op.f("uq_certificate_ledger_certificate_id_entry")
        ),
    )


def _protect() -> None:
    op.execute(_REVOKE_ONLY)
    for table in _NOTHING_DELETED:
        op.execute(
            f"CREATE TRIGGER nothing_deleted BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER nothing_truncated BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER revoke_only BEFORE UPDATE ON certificates FOR EACH ROW EXECUTE FUNCTION revoke_only()"
    )
    op.execute(
        "CREATE TRIGGER confirmed_stands BEFORE UPDATE ON evaluations "
        "FOR EACH ROW WHEN (OLD.state = 'confirmed') EXECUTE FUNCTION refuse_change()"
    )
