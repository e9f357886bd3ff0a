"""Rounds, applications, lists, brands, bans, exit cases and signals, and what must never happen to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the tables, then what a table cannot say by itself."""
    _add_rounds()
    _add_brands()
    _add_exits()
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for statement in (_NO_BRAND_DURING_BRAND_OR_BAN, _REFUSE_AFTER_PUBLICATION, *_NO_CHANGE_AFTER_THE_END):
        op.execute(statement)


def downgrade() -> None:
    """Takes them away again."""
    for table in (
        "signals",
        "bans",
        "exit_cases",
        "standings",
        "brands",
        "recognitions",
        "applications",
        "rounds",
        "institutions",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_after_publication()")


def _add_rounds() -> None:
    op.create_table(
        "institutions",
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("credit_code", name=op.f("pk_institutions")),
    )
    op.create_table(
        "rounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("findings", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "under_way",
            sa.Boolean(),
            sa.Computed("CASE WHEN state <> 'published' THEN true END", persisted=True),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(state = 'published') = (published_on IS NOT NULL)", name=op.f("ck_rounds_published_has_day")
        ),
        sa.CheckConstraint(
            "state IN ('announced', 'open', 'closed', 'deliberated', 'published')",
            name=op.f("ck_rounds_state_known"),
        ),
        sa.CheckConstraint("opens_on <= closes_on", name=op.f("ck_rounds_dates_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("under_way", name=op.f("uq_rounds_under_way")),
    )
    op.create_table(
        "applications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("institution_name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("findings", JSONB(), nullable=False),
        sa.Column("parameters_version", sa.Text(), nullable=False),
        sa.Column("district_comment", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('submitted', 'recommended', 'declined', 'recognised', 'not_recognised')",
            name=op.f("ck_applications_state_known"),
        ),
        sa.CheckConstraint("tier = 'district'", name=op.f("ck_applications_no_direct_city_application")),
        sa.ForeignKeyConstraint(
            ["credit_code"], ["institutions.credit_code"], name=op.f("fk_applications_credit_code")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_applications_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("id", "round_id", name=op.f("uq_applications_id_round_id")),
        sa.UniqueConstraint("round_id", "credit_code", name=op.f("uq_applications_round_id_credit_code")),
    )
    op.create_index(
        op.f("ix_applications_credit_code_id"), "applications", ["credit_code", "id"], unique=False
    )
    op.create_index(op.f("ix_applications_district_id"), "applications", ["district", "id"], unique=False)
    op.create_table(
        "recognitions",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.CheckConstraint("tier IN ('city', 'district')", name=op.f("ck_recognitions_tier_known")),
        sa.ForeignKeyConstraint(
            ["application_id", "round_id"],
            ["applications.id", "applications.round_id"],
            name=op.f("fk_recognitions_application_id_round_id"),
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_recognitions_round_id")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_recognitions")),
    )
    op.create_index(op.f("ix_recognitions_round_id"), "recognitions", ["round_id"], unique=False)


def _add_brands() -> None:
    op.create_table(
        "brands",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("institution_name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("recognised_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("may_apply_again_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(state = 'active') = (ended_on IS NULL)", name=op.f("ck_brands_end_has_day")),
        sa.CheckConstraint(
            "(state = 'revoked') = (may_apply_again_on IS NOT NULL)",
            name=op.f("ck_brands_only_revoked_is_banned"),
        ),
        sa.CheckConstraint("state IN ('active', 'ended', 'revoked')", name=op.f("ck_brands_state_known")),
        sa.CheckConstraint("tier IN ('city', 'district')", name=op.f("ck_brands_tier_known")),
        sa.CheckConstraint("ended_on >= recognised_on", name=op.f("ck_brands_ends_after_beginning")),
        sa.CheckConstraint("may_apply_again_on > ended_on", name=op.f("ck_brands_ban_after_revocation")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["recognitions.application_id"], name=op.f("fk_brands_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["credit_code"], ["institutions.credit_code"], name=op.f("fk_brands_credit_code")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_brands_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brands")),
        sa.UniqueConstraint("application_id", name=op.f("uq_brands_application_id")),
        sa.UniqueConstraint(
            "id",
            "credit_code",
            "ended_on",
            "may_apply_again_on",
            name=op.f("uq_brands_id_credit_code_ended_on_may_apply_again_on"),
        ),
    )
    op.create_index(
        op.f("ix_brands_credit_code_recognised_on"), "brands", ["credit_code", "recognised_on"], unique=False
    )
    op.create_index(
        "uq_brands_one_active",
        "brands",
        ["credit_code"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )


def _add_exits() -> None:
    op.create_table(
        "standings",
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("credit_code", name=op.f("pk_standings")),
    )
    op.create_table(
        "exit_cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("institution_name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('opened', 'reported')) = (decided_on IS NULL)", name=op.f("ck_exit_cases_end_has_day")
        ),
        sa.CheckConstraint(
            "ground IN ('X1', 'X2', 'X3', 'X4', 'X5')", name=op.f("ck_exit_cases_ground_known")
        ),
        sa.CheckConstraint(
            "state IN ('opened', 'reported', 'closed_unfounded', 'revoked', 'dismissed',"
            " 'superseded', 'lapsed')",
            name=op.f("ck_exit_cases_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('reported', 'closed_unfounded', 'revoked', 'dismissed')"
            " OR (statement IS NOT NULL AND verified_on IS NOT NULL)",
            name=op.f("ck_exit_cases_verified_before_decided"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('revoked', 'dismissed') OR reason IS NOT NULL",
            name=op.f("ck_exit_cases_decided_with_reason"),
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_exit_cases_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exit_cases")),
    )
    op.create_index(op.f("ix_exit_cases_brand_id"), "exit_cases", ["brand_id"], unique=False)
    op.create_index(op.f("ix_exit_cases_district_id"), "exit_cases", ["district", "id"], unique=False)
    op.create_index(
        "uq_exit_cases_one_open_a_ground",
        "exit_cases",
        ["credit_code", "ground"],
        unique=True,
        postgresql_where=sa.text("state IN ('opened', 'reported')"),
    )
    op.create_table(
        "bans",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=False),
        sa.Column("may_apply_again_on", sa.Date(), nullable=False),
        sa.Column("parameters_version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "credit_code", "revoked_on", "may_apply_again_on"],
            ["brands.id", "brands.credit_code", "brands.ended_on", "brands.may_apply_again_on"],
            name=op.f("fk_bans_brand_id_credit_code_revoked_on_may_apply_again_on"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["exit_cases.id"], name=op.f("fk_bans_case_id")),
        sa.PrimaryKeyConstraint("brand_id", name=op.f("pk_bans")),
        sa.UniqueConstraint("case_id", name=op.f("uq_bans_case_id")),
    )
    op.create_index(op.f("ix_bans_credit_code"), "bans", ["credit_code"], unique=False)
    op.create_table(
        "signals",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("institution_name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("ground IN ('X1', 'X2', 'X3', 'X4', 'X5')", name=op.f("ck_signals_ground_known")),
        sa.ForeignKeyConstraint(["case_id"], ["exit_cases.id"], name=op.f("fk_signals_case_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_signals")),
    )
    op.create_index(op.f("ix_signals_case_id"), "signals", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_signals_credit_code_event_id"), "signals", ["credit_code", "event_id"], unique=False
    )
    op.create_index(op.f("ix_signals_district_event_id"), "signals", ["district", "event_id"], unique=False)


# A brand occupies its credit code until it ends or, if revoked, until its ban has run (B12, D07).
_NO_BRAND_DURING_BRAND_OR_BAN = """
ALTER TABLE brands ADD CONSTRAINT ex_brands_no_brand_during_brand_or_ban EXCLUDE USING gist (
    credit_code WITH =,
    daterange(recognised_on, CASE state
        WHEN 'active' THEN NULL WHEN 'ended' THEN ended_on ELSE may_apply_again_on
    END) WITH &&
)
"""

# FOR SHARE: whoever publishes at the same moment is waited for, and seen.
_REFUSE_AFTER_PUBLICATION = """
CREATE FUNCTION refuse_after_publication() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM rounds WHERE id = coalesce(NEW.round_id, OLD.round_id) AND state = 'published' FOR SHARE;
    IF FOUND THEN
        RAISE EXCEPTION 'the round of this row of % is published', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$
"""

_NO_CHANGE_AFTER_THE_END = (
    """
    CREATE TRIGGER published_rounds_stay BEFORE UPDATE OR DELETE ON rounds
    FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER published_applications_stay BEFORE INSERT OR UPDATE OR DELETE ON applications
    FOR EACH ROW EXECUTE FUNCTION refuse_after_publication()
    """,
    """
    CREATE TRIGGER published_lists_stay BEFORE INSERT OR UPDATE OR DELETE ON recognitions
    FOR EACH ROW EXECUTE FUNCTION refuse_after_publication()
    """,
    """
    CREATE TRIGGER ended_brands_stay BEFORE UPDATE OR DELETE ON brands
    FOR EACH ROW WHEN (OLD.state <> 'active') EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER decided_cases_stay BEFORE UPDATE OR DELETE ON exit_cases
    FOR EACH ROW WHEN (OLD.decided_on IS NOT NULL) EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER bans_stay BEFORE UPDATE OR DELETE ON bans
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER signals_stay BEFORE UPDATE OR DELETE ON signals
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
)
