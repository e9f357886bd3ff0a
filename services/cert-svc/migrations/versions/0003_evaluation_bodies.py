"""The history of amendments, evaluation bodies with their evaluators, and the body that answers for each."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import create_amendments

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables and forbids what must never happen (T06, C04)."""
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    create_amendments()
    _bodies()
    _evaluators()
    op.add_column("evaluations", sa.Column("body_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_evaluations_body_id"), "evaluations", "evaluation_bodies", ["body_id"], ["id"]
    )
    op.create_index(op.f("ix_evaluations_body_id_id"), "evaluations", ["body_id", "id"], unique=False)
    op.create_index(op.f("ix_evaluations_opened_at_id"), "evaluations", ["opened_at", "id"], unique=False)
    _protect()


def _bodies() -> None:
    op.create_table(
        "evaluation_bodies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("project_codes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(ended_on, ended_by, end_reason) = CASE state WHEN 'ended' THEN 3 ELSE 0 END",
            name=op.f("ck_evaluation_bodies_ended"),
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_evaluation_bodies_term")),
        sa.CheckConstraint("state IN ('chosen', 'ended')", name=op.f("ck_evaluation_bodies_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_bodies")),
        sa.UniqueConstraint("id", "first_day", "last_day", name="uq_evaluation_bodies_term"),
    )
    op.execute(
        "ALTER TABLE evaluation_bodies ADD CONSTRAINT one_term_at_a_time EXCLUDE USING gist "
        "(credit_code WITH =, daterange(first_day, last_day, '[]') WITH &&) WHERE (state = 'chosen')"
    )


def _evaluators() -> None:
    op.create_table(
        "evaluators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=False),
        sa.Column("name_encrypted", sa.Text(), nullable=False),
        sa.Column("id_number_encrypted", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Text(), nullable=True),
        sa.Column("remove_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(removed_at, removed_by, remove_reason) IN (0, 3)",
            name=op.f("ck_evaluators_removed"),
        ),
        sa.ForeignKeyConstraint(
            ["body_id", "first_day", "last_day"],
            ["evaluation_bodies.id", "evaluation_bodies.first_day", "evaluation_bodies.last_day"],
            name="fk_evaluators_body",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluators")),
    )
    op.create_index(op.f("ix_evaluators_body_id_id"), "evaluators", ["body_id", "id"], unique=False)
    op.create_index(
        "ix_evaluators_acting",
        "evaluators",
        ["person_key"],
        unique=False,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.execute(
        "ALTER TABLE evaluators ADD CONSTRAINT one_body_at_a_time EXCLUDE USING gist "
        "(person_key WITH =, daterange(first_day, last_day, '[]') WITH &&) WHERE (removed_at IS NULL)"
    )


def _protect() -> None:
    for table in ("evaluation_bodies", "evaluators"):
        op.execute(
            f"CREATE TRIGGER nothing_deleted BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    # Not a CHECK: what was scored before bodies were kept has none.
    op.execute(
        "CREATE TRIGGER a_body_answers BEFORE UPDATE ON evaluations FOR EACH ROW "
        "WHEN (OLD.state = 'open' AND NEW.state <> 'open' AND NEW.body_id IS NULL) "
        "EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER ended_stands BEFORE UPDATE ON evaluation_bodies "
        "FOR EACH ROW WHEN (OLD.state = 'ended') EXECUTE FUNCTION refuse_change()"
    )
    # The term of a removed evaluator still moves with that of the body.
    op.execute(
        "CREATE TRIGGER removed_stands BEFORE UPDATE ON evaluators FOR EACH ROW "
        "WHEN (OLD.removed_at IS NOT NULL AND (NEW.person_key, NEW.removed_at, NEW.removed_by, "
        "NEW.remove_reason, NEW.version) IS DISTINCT FROM "
        "(OLD.person_key, OLD.removed_at, OLD.removed_by, OLD.remove_reason, OLD.version)) "
        "EXECUTE FUNCTION refuse_change()"
    )
