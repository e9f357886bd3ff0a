"""Nobody teaches one class and sits in another at once; what rankings read of periodic evaluations."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

# The entry in the pool is what the two wait for: a class that is filed holds it, and who enrols takes it. It
# comes before anybody teaches. Each row is looked up by itself, whatever the size of the tables.
_WHO_SITS = """
CREATE FUNCTION refuse_who_teaches_then() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM instructors WHERE person_key IN (SELECT person_key FROM taken)
    ORDER BY id FOR NO KEY UPDATE;
    IF FOUND AND EXISTS (
        SELECT FROM taken CROSS JOIN LATERAL (
            SELECT FROM session_instructors AS taught
            WHERE taught.person_key = taken.person_key
                AND tstzrange(taught.starts_at, taught.ends_at) && taken.hours
            LIMIT 1
        ) AS clash
    ) THEN
        RAISE EXCEPTION 'who teaches a class sits in no other then' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NULL;
END $$
"""
_WHO_TEACHES = """
CREATE FUNCTION refuse_who_sits_then() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM instructors WHERE person_key IN (SELECT person_key FROM taken) ORDER BY id FOR SHARE;
    IF EXISTS (
        SELECT FROM taken CROSS JOIN LATERAL (
            SELECT FROM enrolment_hours AS sat
            WHERE sat.person_key = taken.person_key AND sat.hours && tstzrange(taken.starts_at, taken.ends_at)
            LIMIT 1
        ) AS clash
    ) THEN
        RAISE EXCEPTION 'who sits in a class teaches no other then' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """What overlaps already stays as it is; nothing new overlaps (T06, T10)."""
    for function, name, table in (
        (_WHO_SITS, "refuse_who_teaches_then", "enrolment_hours"),
        (_WHO_TEACHES, "refuse_who_sits_then", "session_instructors"),
    ):
        op.execute(function)
        for event in ("INSERT", "UPDATE"):
            op.execute(
                f"CREATE TRIGGER {table}_one_place_at_a_time_on_{event.lower()} AFTER {event} ON {table}"
                f" REFERENCING NEW TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )
    op.create_index(
        "ix_periodic_evaluations_of_institutions",
        "periodic_evaluations",
        ["period_to"],
        postgresql_where=sa.text("object_kind = 'institution'"),
    )
