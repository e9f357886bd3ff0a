"""Published rankings of the subjects of a round, frozen with all they rest on."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import only_grows
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the tables, which only grow."""
    op.create_table(
        "rankings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rubric_id", sa.Uuid(), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.Column("parameters_version", sa.Text(), nullable=False),
        sa.Column("subjects", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_rankings_round_id")),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubrics.id"], name=op.f("fk_rankings_rubric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rankings")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_rankings_round_id_number")),
    )
    op.create_table(
        "ranking_entries",
        sa.Column("ranking_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("scoring_id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("institution_name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("passes", sa.Boolean(), nullable=False),
        sa.Column("reaches_city", sa.Boolean(), nullable=False),
        sa.Column("parts", JSONB(), nullable=False),
        sa.Column("figures", JSONB(), nullable=False),
        sa.CheckConstraint("rank BETWEEN 1 AND place", name=op.f("ck_ranking_entries_rank")),
        sa.CheckConstraint("total BETWEEN 0 AND 10000", name=op.f("ck_ranking_entries_total")),
        sa.ForeignKeyConstraint(["ranking_id"], ["rankings.id"], name=op.f("fk_ranking_entries_ranking_id")),
        sa.ForeignKeyConstraint(["scoring_id"], ["scorings.id"], name=op.f("fk_ranking_entries_scoring_id")),
        sa.PrimaryKeyConstraint("ranking_id", "place", name=op.f("pk_ranking_entries")),
        sa.UniqueConstraint(
            "ranking_id", "scoring_id", name=op.f("uq_ranking_entries_ranking_id_scoring_id")
        ),
    )
    op.create_index(
        op.f("ix_ranking_entries_ranking_id_district_place"),
        "ranking_entries",
        ["ranking_id", "district", "place"],
        unique=False,
    )
    op.create_index(op.f("ix_ranking_entries_scoring_id"), "ranking_entries", ["scoring_id"], unique=False)
    only_grows("rankings")
    only_grows("ranking_entries")


def downgrade() -> None:
    """Takes them away again."""
    op.drop_table("ranking_entries")
    op.drop_table("rankings")
