"""A cancelled class or session comes back by an amendment alone, and with a class who ended with it."""

from alembic import op

revision = "0021"
down_revision = "0020"

# Looked at when the transaction ends: by then the amendment is kept beside what it changed.
_AMENDED_CLASS = """
CREATE FUNCTION require_amendment_of_class() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM amendments
        WHERE object_type = 'class' AND object_id = NEW.id::text AND after ->> 'version' = NEW.version::text
    ) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'a cancelled class is changed by an amendment' USING ERRCODE = 'restrict_violation';
END $$
"""
_AMENDED_SESSION = """
CREATE FUNCTION require_amendment_of_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (
        SELECT after #>> ARRAY['sessions/' || NEW.id, 'cancelled'] = 'false' FROM amendments
        WHERE object_type = 'class' AND object_id = NEW.class_id::text AND after ? ('sessions/' || NEW.id)
        ORDER BY id DESC LIMIT 1
    ) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'a cancelled session comes back by an amendment' USING ERRCODE = 'restrict_violation';
END $$
"""
_REINSTATED_CLASS = """
CREATE FUNCTION require_reinstated_class() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM classes JOIN amendments
            ON object_type = 'class' AND object_id = classes.id::text AND after ->> 'state' = 'filed'
        WHERE classes.id = NEW.class_id AND classes.state = 'filed'
    ) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'what ended with a class comes back with it alone' USING ERRCODE = 'restrict_violation';
END $$
"""


def upgrade() -> None:
    """Lets through what an amendment changes of what was cancelled, and nothing else."""
    for function in (_AMENDED_CLASS, _AMENDED_SESSION, _REINSTATED_CLASS):
        op.execute(function)
    _keep(
        "classes",
        "stay_cancelled",
        "OLD.state = 'cancelled' AND NEW.state = 'cancelled'"
        " AND to_jsonb(OLD) - '{cancel_reason,version}'::text[]"
        " IS DISTINCT FROM to_jsonb(NEW) - '{cancel_reason,version}'::text[]",
    )
    _check("classes", "OLD.state = 'cancelled'", "require_amendment_of_class")
    _keep("sessions", "stay_cancelled", "OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS NOT NULL")
    _check(
        "sessions",
        "OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS NULL",
        "require_amendment_of_session",
    )
    back = "OLD.state = 'cancelled' AND NEW.state IN ('waiting', 'enrolled')"
    _keep(
        "enrolments",
        "stay_ended",
        "OLD.state IN ('withdrawn', 'transferred', 'cancelled')"
        " AND (OLD.state, OLD.ended_at, OLD.ended_by, OLD.end_reason)"
        " IS DISTINCT FROM (NEW.state, NEW.ended_at, NEW.ended_by, NEW.end_reason)"
        f" AND NOT ({back})",
    )
    _check("enrolments", back, "require_reinstated_class")


def _keep(table: str, name: str, condition: str) -> None:
    op.execute(f"DROP TRIGGER {table}_{name} ON {table}")
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE UPDATE ON {table} FOR EACH ROW"
        f" WHEN ({condition}) EXECUTE FUNCTION refuse_change()"
    )


def _check(table: str, condition: str, function: str) -> None:
    op.execute(
        f"CREATE CONSTRAINT TRIGGER {table}_come_back_by_amendment AFTER UPDATE ON {table}"
        f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {function}()"
    )
