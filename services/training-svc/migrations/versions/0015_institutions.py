"""Early codes, closing, sites, sanctions, complaints, results, rankings and designations of institutions."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import only_grows
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

# GB 32100: the characters, each weighed with a power of three, and the last sum up to a multiple of 31.
_CHECKS = """
CREATE FUNCTION credit_code_checks(code text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT sum(weight * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(code, place::int, 1)) - 1)) % 31 = 0
    FROM unnest(ARRAY[1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1])
         WITH ORDINALITY AS weights (weight, place)
$$
"""


def upgrade() -> None:
    """Creates the tables and forbids what must never happen."""
    op.execute(_CHECKS)
    _institutions()
    _sites()
    _sanctions()
    _complaints()
    _results()
    _rankings()
    _designations()
    op.create_index("ix_classes_ends_on_district", "classes", ["ends_on", "district"], unique=False)
    op.create_index(
        "ix_classes_institution_id_ends_on", "classes", ["institution_id", "ends_on"], unique=False
    )


def _institutions() -> None:
    """A code that fails its check is taken exactly where an officer said why (T06)."""
    for column in (
        sa.Column("early_code_reason", sa.Text(), nullable=True),
        sa.Column("contact_masked_name", sa.Text(), nullable=True),
        sa.Column("contact_masked_phone", sa.Text(), nullable=True),
        sa.Column("contact_name_encrypted", sa.Text(), nullable=True),
        sa.Column("contact_phone_encrypted", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("inactive_since", sa.Date(), nullable=True),
    ):
        op.add_column("institutions", column)
    for name, condition in {
        "early_code_is_explained": "credit_code_checks(credit_code) = (early_code_reason IS NULL)",
        "state": "state IN ('active', 'closed')",
        "closed": "num_nonnulls(closed_on, close_reason) = CASE state WHEN 'closed' THEN 2 ELSE 0 END",
        "contact": "num_nonnulls(contact_masked_name, contact_masked_phone, contact_name_encrypted,"
        " contact_phone_encrypted) IN (0, 4)",
    }.items():
        op.create_check_constraint(op.f(f"ck_institutions_{name}"), "institutions", condition)
    op.create_index("ix_institutions_name_id", "institutions", ["name", "id"], unique=False)
    op.create_index("ix_institutions_registered_on_id", "institutions", ["registered_on", "id"], unique=False)


def _sites() -> None:
    op.create_table(
        "sites",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("area_m2", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("area_m2 > 0", name=op.f("ck_sites_area")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_sites_period")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_sites_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_index("ix_sites_district_id", "sites", ["district", "id"], unique=False)
    op.create_index("ix_sites_institution_id_id", "sites", ["institution_id", "id"], unique=False)
    op.execute(
        "ALTER TABLE sites ADD CONSTRAINT ex_sites_address EXCLUDE USING gist"
        " (institution_id WITH =, address WITH =, daterange(starts_on, ends_on, '[]') WITH &&)"
    )
    op.create_table(
        "site_rooms",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area_m2", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.CheckConstraint("area_m2 > 0 AND seats > 0", name=op.f("ck_site_rooms_size")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_rooms_site_id")),
        sa.PrimaryKeyConstraint("site_id", "name", name=op.f("pk_site_rooms")),
    )


def _sanctions() -> None:
    op.create_table(
        "sanctions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('warning', 'fine', 'confiscation', 'stop_for_rectification', 'licence_suspended',"
            " 'licence_revoked', 'other', 'dishonesty_listing')",
            name=op.f("ck_sanctions_kind"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(lifted_on, lifted_by, lift_reason) = CASE state WHEN 'lifted' THEN 3 ELSE 0 END",
            name=op.f("ck_sanctions_lifted"),
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_sanctions_period")),
        sa.CheckConstraint("state IN ('in_force', 'lifted')", name=op.f("ck_sanctions_state")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_sanctions_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanctions")),
        sa.UniqueConstraint(
            "institution_id",
            "document_number",
            "kind",
            name=op.f("uq_sanctions_institution_id_document_number_kind"),
        ),
    )
    op.create_index(
        "ix_sanctions_barring",
        "sanctions",
        ["institution_id", "starts_on"],
        unique=False,
        postgresql_where=sa.text(
            "state = 'in_force' AND kind IN ('stop_for_rectification', 'licence_suspended',"
            " 'licence_revoked', 'dishonesty_listing')"
        ),
    )
    op.create_index("ix_sanctions_starts_on_id", "sanctions", ["starts_on", "id"], unique=False)


def _complaints() -> None:
    op.create_table(
        "complaints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=True),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("content_encrypted", sa.Text(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=True),
        sa.Column("masked_phone", sa.Text(), nullable=True),
        sa.Column("name_encrypted", sa.Text(), nullable=True),
        sa.Column("phone_encrypted", sa.Text(), nullable=True),
        sa.Column("person_key", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('online', 'counter', 'hotline', 'letter', 'transferred')",
            name=op.f("ck_complaints_channel"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(masked_name, masked_phone, name_encrypted, phone_encrypted) IN (0, 4)",
            name=op.f("ck_complaints_complainant"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(decided_on, decided_by, outcome)"
            " = CASE WHEN state IN ('upheld', 'dismissed') THEN 3 ELSE 0 END",
            name=op.f("ck_complaints_decided"),
        ),
        sa.CheckConstraint(
            "(channel = 'online') = (person_key IS NOT NULL)", name=op.f("ck_complaints_online")
        ),
        sa.CheckConstraint(
            "state IN ('filed', 'investigating', 'upheld', 'dismissed')", name=op.f("ck_complaints_state")
        ),
        sa.CheckConstraint(
            "subject IN ('teaching', 'attendance', 'fees', 'fraud', 'safety', 'other')",
            name=op.f("ck_complaints_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "class_id"],
            ["classes.institution_id", "classes.id"],
            name=op.f("fk_complaints_institution_id_class_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_complaints_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
    )
    for columns in (
        ["district", "id"],
        ["institution_id", "id"],
        ["filed_on", "id"],
        ["person_key", "id"],
    ):
        op.create_index(f"ix_complaints_{'_'.join(columns)}", "complaints", columns, unique=False)
    op.create_index(
        "ix_complaints_upheld",
        "complaints",
        ["filed_on", "district", "institution_id"],
        unique=False,
        postgresql_where=sa.text("state = 'upheld'"),
    )


def _results() -> None:
    op.create_table(
        "results",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("evaluated_on", sa.Date(), nullable=True),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revocation_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(attempts > 0) = (evaluated_on IS NOT NULL)", name=op.f("ck_results_evaluated")),
        sa.CheckConstraint(
            "num_nonnulls(revoked_on, revocation_reason) IN (0, 2)", name=op.f("ck_results_revoked")
        ),
        sa.CheckConstraint("NOT void OR revoked_on IS NOT NULL", name=op.f("ck_results_void")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_results_enrolment_id")),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_results")),
    )


def _rankings() -> None:
    """What was published is never changed (T08)."""
    op.create_table(
        "rankings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("formula", postgresql.JSONB(), nullable=False),
        sa.Column("institutions", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rankings")),
    )
    op.create_index("ix_rankings_year_id", "rankings", ["year", "id"], unique=False)
    op.create_table(
        "ranking_entries",
        sa.Column("ranking_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("trainees", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("failing", sa.Boolean(), nullable=False),
        sa.Column("components", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("rank IS NOT NULL OR NOT failing", name=op.f("ck_ranking_entries_failing")),
        sa.CheckConstraint("score BETWEEN 0 AND 10000", name=op.f("ck_ranking_entries_score")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_ranking_entries_institution_id")
        ),
        sa.ForeignKeyConstraint(["ranking_id"], ["rankings.id"], name=op.f("fk_ranking_entries_ranking_id")),
        sa.PrimaryKeyConstraint("ranking_id", "place", name=op.f("pk_ranking_entries")),
        sa.UniqueConstraint(
            "institution_id", "ranking_id", name=op.f("uq_ranking_entries_institution_id_ranking_id")
        ),
    )
    only_grows("rankings")
    only_grows("ranking_entries")


def _designations() -> None:
    op.create_table(
        "designations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("designated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("designated_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdraw_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(withdrawn_on, withdrawn_by, withdraw_reason)"
            " = CASE state WHEN 'withdrawn' THEN 3 ELSE 0 END",
            name=op.f("ck_designations_withdrawn"),
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_designations_term")),
        sa.CheckConstraint("state IN ('designated', 'withdrawn')", name=op.f("ck_designations_state")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_designations_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_designations")),
    )
    op.create_index(
        "ix_designations_institution_id_id", "designations", ["institution_id", "id"], unique=False
    )
    op.execute(
        "ALTER TABLE designations ADD CONSTRAINT ex_designations_term EXCLUDE USING gist"
        " (institution_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&) WHERE (state = 'designated')"
    )
