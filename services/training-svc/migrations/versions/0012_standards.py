"""The catalogue, standards that are amendable until cited, evaluation norms, the life of qualifications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Widens projects, standards, qualifications and classes; adds evaluation norms (T01, T05, T07)."""
    _projects()
    _standards()
    _norms()
    _qualifications()
    _classes()
    _freeze_what_is_cited()


def _projects() -> None:
    op.add_column("projects", sa.Column("family", sa.Text(), nullable=False, server_default="city"))
    op.add_column("projects", sa.Column("district", sa.Text(), nullable=True))
    op.add_column("projects", sa.Column("certificates", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("projects", sa.Column("retired_on", sa.Date(), nullable=True))
    op.add_column("projects", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.execute(
        "UPDATE projects SET certificates = CASE stage"
        " WHEN 3 THEN ARRAY['training_completion', 'training_qualification']"
        " ELSE ARRAY['entrepreneurship_completion'] END"
    )
    op.alter_column("projects", "certificates", nullable=False)
    for name in ("family", "version"):
        op.alter_column("projects", name, server_default=None)
    op.create_check_constraint(
        op.f("ck_projects_family"), "projects", "family IN ('gyb', 'syb', 'iyb', 'eyb', 'city', 'district')"
    )
    op.create_check_constraint(
        op.f("ck_projects_district"), "projects", "(family = 'district') = (district IS NOT NULL)"
    )
    op.create_check_constraint(
        op.f("ck_projects_certificates"),
        "projects",
        "certificates = CASE stage WHEN 3 THEN ARRAY['training_completion', 'training_qualification']"
        " ELSE ARRAY['entrepreneurship_completion'] END",
    )
    # Standards, classes and certificates rest on the stage.
    op.execute(
        "CREATE TRIGGER projects_keep_their_stage BEFORE UPDATE ON projects FOR EACH ROW"
        " WHEN ((OLD.code, OLD.stage) IS DISTINCT FROM (NEW.code, NEW.stage))"
        " EXECUTE FUNCTION refuse_change()"
    )


def _standards() -> None:
    op.execute("DROP TRIGGER standards_never_change ON standards")
    op.add_column("standards", sa.Column("trainees_per_instructor", sa.Integer(), nullable=True))
    op.add_column("standards", sa.Column("square_decimetres_per_trainee", sa.Integer(), nullable=True))
    op.add_column("standards", sa.Column("withdrawn_on", sa.Date(), nullable=True))
    op.add_column("standards", sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    op.alter_column("standards", "revision", server_default=None)
    for name, condition in {
        "trainees_per_instructor": "trainees_per_instructor > 0",
        "square_decimetres_per_trainee": "square_decimetres_per_trainee > 0",
    }.items():
        op.create_check_constraint(op.f(f"ck_standards_{name}"), "standards", condition)
    op.drop_constraint("uq_standards_project_code_effective_from", "standards")
    _one_standing_a_first_day("standards")


def _norms() -> None:
    op.execute(
        "CREATE FUNCTION total_weight(parts jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT"
        " RETURN (SELECT sum((part ->> 'weight')::int) FROM jsonb_array_elements(parts) AS part)"
    )
    op.create_table(
        "evaluation_norms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("pass_mark", sa.SmallInteger(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("most_retakes", sa.SmallInteger(), nullable=False),
        sa.Column("retake_months", sa.SmallInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "most_retakes >= 0 AND retake_months > 0", name=op.f("ck_evaluation_norms_retakes")
        ),
        sa.CheckConstraint("pass_mark BETWEEN 1 AND 100", name=op.f("ck_evaluation_norms_pass_mark")),
        sa.CheckConstraint("total_weight(parts) = 100", name=op.f("ck_evaluation_norms_weights")),
        sa.ForeignKeyConstraint(["project_code"], ["projects.code"], name="fk_evaluation_norms_project_code"),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation_norms"),
        sa.UniqueConstraint("project_code", "version", name="uq_evaluation_norms_project_code_version"),
    )
    _one_standing_a_first_day("evaluation_norms")


def _one_standing_a_first_day(table: str) -> None:
    op.create_index(
        f"uq_{table}_first_day",
        table,
        ["project_code", "effective_from"],
        unique=True,
        postgresql_where=sa.text("withdrawn_on IS NULL"),
    )


def _qualifications() -> None:
    for name, kind in {
        "created_at": sa.DateTime(timezone=True),
        "declared": postgresql.JSONB(),
        "found": postgresql.JSONB(),
        "findings": postgresql.JSONB(),
        "valid_from": sa.Date(),
        "valid_until": sa.Date(),
        "standing_since": sa.Date(),
        "standing_reason": sa.Text(),
    }.items():
        op.add_column("qualifications", sa.Column(name, kind, nullable=True))
    op.execute("UPDATE qualifications SET created_at = submitted_at, findings = '[]'")
    op.execute(
        "UPDATE qualifications SET valid_from = decided_on, valid_until = decided_on + interval '3 years'"
        " WHERE state = 'approved'"
    )
    for name, nullable in {"created_at": False, "findings": False, "submitted_at": True}.items():
        op.alter_column("qualifications", name, nullable=nullable)
    op.alter_column("qualifications", "submitted_by", new_column_name="created_by")
    _qualification_checks()
    _qualification_indexes()


def _qualification_checks() -> None:
    for name in ("state", "decided"):
        op.drop_constraint(op.f(f"ck_qualifications_{name}"), "qualifications")
    for name, condition in {
        "state": "state IN ('draft', 'submitted', 'withdrawn', 'approved', 'rejected', 'suspended',"
        " 'revoked', 'expired')",
        "submitted": "submitted_at IS NOT NULL OR state IN ('draft', 'withdrawn')",
        "decided": "(state IN ('draft', 'submitted', 'withdrawn')) = (decided_at IS NULL)",
        "valid": "num_nonnulls(valid_from, valid_until)"
        " = CASE WHEN state IN ('approved', 'suspended', 'revoked', 'expired') THEN 2 ELSE 0 END",
        "period": "valid_from <= valid_until",
        "standing": "state NOT IN ('suspended', 'revoked') OR standing_reason IS NOT NULL",
    }.items():
        op.create_check_constraint(op.f(f"ck_qualifications_{name}"), "qualifications", condition)


def _qualification_indexes() -> None:
    op.drop_index("uq_qualifications_live", "qualifications")
    op.create_index(
        "uq_qualifications_open",
        "qualifications",
        ["institution_id", "project_code", "standard_version"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'submitted')"),
    )
    # Granted once for each day: a renewal begins where the one before it ends.
    op.execute(
        "ALTER TABLE qualifications ADD CONSTRAINT ex_qualifications_granted EXCLUDE USING gist"
        " (institution_id WITH =, project_code WITH =, standard_version WITH =,"
        " daterange(valid_from, valid_until, '[]') WITH &&) WHERE (state IN ('approved', 'suspended'))"
    )
    op.create_index(
        "ix_qualifications_granted",
        "qualifications",
        ["valid_until"],
        postgresql_where=sa.text("state IN ('approved', 'suspended')"),
    )
    op.create_index("ix_qualifications_standard", "qualifications", ["project_code", "standard_version"])


def _classes() -> None:
    op.add_column("classes", sa.Column("norm_version", sa.Text(), nullable=True))
    op.add_column("classes", sa.Column("qualification_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_classes_project_code_norm_version",
        "classes",
        "evaluation_norms",
        ["project_code", "norm_version"],
        ["project_code", "version"],
    )
    op.create_foreign_key(
        "fk_classes_qualification_id", "classes", "qualifications", ["qualification_id"], ["id"]
    )
    op.create_index("ix_classes_standard", "classes", ["project_code", "standard_version"])
    op.create_index(
        "ix_classes_norm",
        "classes",
        ["project_code", "norm_version"],
        postgresql_where=sa.text("norm_version IS NOT NULL"),
    )
    op.create_index(
        "ix_classes_qualification_id",
        "classes",
        ["qualification_id"],
        postgresql_where=sa.text("qualification_id IS NOT NULL"),
    )
    op.execute(
        "CREATE TRIGGER classes_keep_what_they_cite BEFORE UPDATE ON classes FOR EACH ROW"
        " WHEN ((OLD.norm_version, OLD.qualification_id)"
        " IS DISTINCT FROM (NEW.norm_version, NEW.qualification_id))"
        " EXECUTE FUNCTION refuse_change()"
    )


def _freeze_what_is_cited() -> None:
    """T05: who cites a document holds it against change; what is cited is never changed again."""
    op.create_index("ix_courses_standard", "courses", ["project_code", "standard_version"])
    _refuse_change_once_cited(
        "standards",
        "SELECT FROM qualifications WHERE project_code = OLD.project_code"
        " AND standard_version = OLD.version AND submitted_at IS NOT NULL"
        " UNION ALL SELECT FROM classes WHERE project_code = OLD.project_code"
        " AND standard_version = OLD.version"
        " UNION ALL SELECT FROM courses WHERE project_code = OLD.project_code"
        " AND standard_version = OLD.version",
    )
    _refuse_change_once_cited(
        "evaluation_norms",
        "SELECT FROM classes WHERE project_code = OLD.project_code AND norm_version = OLD.version",
    )
    _hold_what_is_cited("qualifications", "standards", "standard_version", "NEW.submitted_at IS NOT NULL")
    _hold_what_is_cited("classes", "standards", "standard_version", "true")
    _hold_what_is_cited("courses", "standards", "standard_version", "NEW.standard_version IS NOT NULL")
    _hold_what_is_cited("classes", "evaluation_norms", "norm_version", "NEW.norm_version IS NOT NULL")


def _refuse_change_once_cited(table: str, citations: str) -> None:
    # The row is locked when this runs, so that no citation is under way that it would not see.
    op.execute(
        f"""
        CREATE FUNCTION refuse_change_of_cited_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS ({citations}) THEN
                RAISE EXCEPTION 'a cited row of {table} can no longer be changed'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {table}_stay_once_cited BEFORE UPDATE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION refuse_change_of_cited_{table}()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_keep_their_key BEFORE UPDATE ON {table} FOR EACH ROW"
        " WHEN ((OLD.id, OLD.project_code, OLD.version)"
        " IS DISTINCT FROM (NEW.id, NEW.project_code, NEW.version))"
        " EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_are_never_deleted BEFORE DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _hold_what_is_cited(table: str, cited: str, column: str, condition: str) -> None:
    op.execute(
        f"""
        CREATE FUNCTION {table}_hold_{cited}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM FROM {cited}
            WHERE project_code = NEW.project_code AND version = NEW.{column} AND withdrawn_on IS NULL
            FOR SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'a row of {table} cites a withdrawn or unknown row of {cited}'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {table}_hold_{cited} BEFORE INSERT OR UPDATE OF {column}, project_code"
        f"{', submitted_at' if table == 'qualifications' else ''} ON {table}"
        f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {table}_hold_{cited}()"
    )
