"""Timetables of rounds, assessments of existing brands, and lists of both kinds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"

_FROZEN = (("rounds", "published_rounds_stay"), ("recognitions", "published_lists_stay"))


def upgrade() -> None:
    """Adds days and assessments; then a list knows its credit codes, and a brand its line by them."""
    for table, trigger in _FROZEN:
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    _add_timetables()
    _add_assessments()
    _let_lists_have_both_kinds()
    for table, trigger in _FROZEN:
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
    op.execute(_ASSESS_WHO_DID_NOT_APPLY)


def _add_timetables() -> None:
    days = ("review_until", "deliberation_until", "publication_on")
    for day in days:
        op.add_column("rounds", sa.Column(day, sa.Date(), nullable=True))
    op.execute(
        "UPDATE rounds SET review_until = closes_on, deliberation_until = closes_on,"
        " publication_on = greatest(closes_on, published_on)"
    )
    for day in days:
        op.alter_column("rounds", day, nullable=False)
    op.drop_constraint(op.f("ck_rounds_dates_in_order"), "rounds")
    op.create_check_constraint(
        op.f("ck_rounds_dates_in_order"),
        "rounds",
        "opens_on <= closes_on AND closes_on <= review_until AND review_until <= deliberation_until"
        " AND deliberation_until <= publication_on",
    )
    op.create_table(
        "overdue_steps",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_overdue_steps_round_id")),
        sa.PrimaryKeyConstraint("round_id", "step", "due_on", name=op.f("pk_overdue_steps")),
    )


def _add_assessments() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("institution_name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("materials", JSONB(), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("evidence", JSONB(), nullable=True),
        sa.Column("findings", JSONB(), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("tier IN ('city', 'district')", name=op.f("ck_assessments_tier_known")),
        sa.CheckConstraint(
            "state IN ('due', 'entered', 'passed', 'failed', 'absent', 'kept', 'ended', 'ended_absent',"
            " 'discontinued')",
            name=op.f("ck_assessments_state_known"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(materials, entered_on) IN (0, 2)", name=op.f("ck_assessments_entered")
        ),
        sa.CheckConstraint(
            "state <> 'entered' OR materials IS NOT NULL", name=op.f("ck_assessments_entered_with_materials")
        ),
        sa.CheckConstraint(
            "num_nonnulls(comment, evidence, findings, assessed_on) IN (0, 4)",
            name=op.f("ck_assessments_result"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('passed', 'failed', 'absent', 'kept', 'ended') OR assessed_on IS NOT NULL",
            name=op.f("ck_assessments_assessed"),
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_assessments_round_id")),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_assessments_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint("round_id", "credit_code", name=op.f("uq_assessments_round_id_credit_code")),
        sa.UniqueConstraint(
            "id", "round_id", "credit_code", name=op.f("uq_assessments_id_round_id_credit_code")
        ),
    )
    op.create_index(op.f("ix_assessments_credit_code_id"), "assessments", ["credit_code", "id"])
    op.create_index(op.f("ix_assessments_district_id"), "assessments", ["district", "id"])
    op.create_index(op.f("ix_assessments_brand_id"), "assessments", ["brand_id"])
    op.execute(
        "CREATE TRIGGER published_assessments_stay BEFORE INSERT OR UPDATE OR DELETE ON assessments"
        " FOR EACH ROW EXECUTE FUNCTION refuse_after_publication()"
    )


def _let_lists_have_both_kinds() -> None:
    op.drop_column("brands", "application_id")
    op.drop_constraint(op.f("fk_recognitions_application_id_round_id"), "recognitions")
    op.drop_constraint(op.f("uq_applications_id_round_id"), "applications")
    op.create_unique_constraint(
        op.f("uq_applications_id_round_id_credit_code"), "applications", ["id", "round_id", "credit_code"]
    )
    op.add_column("recognitions", sa.Column("credit_code", sa.Text(), nullable=True))
    op.add_column("recognitions", sa.Column("assessment_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE recognitions SET credit_code = applications.credit_code FROM applications"
        " WHERE applications.id = application_id"
    )
    op.drop_constraint(op.f("pk_recognitions"), "recognitions")
    op.drop_index(op.f("ix_recognitions_round_id"), "recognitions")
    op.alter_column("recognitions", "application_id", nullable=True)
    op.create_primary_key(op.f("pk_recognitions"), "recognitions", ["round_id", "credit_code"])
    for kind in ("application", "assessment"):
        op.create_unique_constraint(op.f(f"uq_recognitions_{kind}_id"), "recognitions", [f"{kind}_id"])
        op.create_foreign_key(
            f"fk_recognitions_{kind}",
            "recognitions",
            f"{kind}s",
            [f"{kind}_id", "round_id", "credit_code"],
            ["id", "round_id", "credit_code"],
        )
    op.create_check_constraint(
        op.f("ck_recognitions_of_one_kind"), "recognitions", "num_nonnulls(application_id, assessment_id) = 1"
    )
    op.create_unique_constraint(op.f("uq_brands_round_id_credit_code"), "brands", ["round_id", "credit_code"])
    op.create_foreign_key(
        "fk_brands_recognition",
        "brands",
        "recognitions",
        ["round_id", "credit_code"],
        ["round_id", "credit_code"],
    )


# In a round that is under way holders have applied anew until now: those are judged by their application.
_ASSESS_WHO_DID_NOT_APPLY = """
INSERT INTO assessments
    (id, round_id, brand_id, credit_code, institution_name, district, tier, state, version)
SELECT gen_random_uuid(), rounds.id, brands.id, brands.credit_code, brands.institution_name, brands.district,
       brands.tier, 'due', 1
FROM rounds, brands
WHERE rounds.state IN ('open', 'closed', 'deliberated') AND brands.state = 'active'
  AND NOT EXISTS (
    SELECT 1 FROM applications
    WHERE applications.round_id = rounds.id AND applications.credit_code = brands.credit_code
  )
"""
