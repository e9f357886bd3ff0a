"""Evaluations, one row an attempt, their blind scores, and the dispute of each.

Triggers forbid deleting any. Of a confirmed evaluation only what comes after may change: publication, once;
the result, by the review of a dispute; that it is void. They demand a body for each score, and keep what it
is measured by. They let no result stand on fewer blind scores than two, nor be confirmed by a person who gave
one, nor a dispute be decided by a person who scored or confirmed. Blind scores only grow.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from cert_svc.schema import metadata

evaluations = sa.Table(
    "evaluations",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("completions.enrolment_id"), nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("attempt", sa.SmallInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("pass_mark", sa.SmallInteger, nullable=False),
    sa.Column("most_retakes", sa.SmallInteger, nullable=False),
    sa.Column("retake_months", sa.SmallInteger, nullable=False),
    sa.Column("dispute_days", sa.SmallInteger, nullable=False),
    # By how many points two blind scores may differ; none where one score is enough.
    sa.Column("most_difference", sa.SmallInteger),
    sa.Column("norm_version", sa.Text),
    # As the norm said when it opened, and the points of each part by its code.
    sa.Column("parts", postgresql.JSONB),
    sa.Column("part_points", postgresql.JSONB),
    sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    # The body that answers for it; none before the first score, nor where scored before bodies were kept.
    sa.Column("body_id", sa.Uuid, sa.ForeignKey("evaluation_bodies.id")),
    sa.Column("score", sa.SmallInteger),
    sa.Column("comment", sa.Text),
    sa.Column("scored_by", sa.Text),
    sa.Column("scored_by_key", sa.Text),
    sa.Column("scored_at", sa.DateTime(timezone=True)),
    sa.Column("evaluated_on", sa.Date),
    sa.Column("passed", sa.Boolean),
    sa.Column("confirmed_by", sa.Text),
    sa.Column("confirmed_by_key", sa.Text),
    sa.Column("confirmed_at", sa.DateTime(timezone=True)),
    sa.Column("published_at", sa.DateTime(timezone=True)),
    sa.Column("published_by", sa.Text),
    sa.Column("last_dispute_day", sa.Date),
    sa.Column("voided_at", sa.DateTime(timezone=True)),
    sa.Column("voided_by", sa.Text),
    sa.Column("void_reason_code", sa.Text),
    sa.Column("void_note", sa.Text),
    # Whether it uses up its attempt: not once it is void without the trainee's fault.
    sa.Column("counts", sa.Boolean, nullable=False),
    sa.Index(
        "uq_evaluations_attempt",
        "enrolment_id",
        "attempt",
        unique=True,
        postgresql_where=sa.text("counts"),
    ),
    # A retake follows a failed attempt only: at most one attempt of an enrolment is not failed.
    sa.Index(
        "uq_evaluations_not_failed",
        "enrolment_id",
        unique=True,
        postgresql_where=sa.text("counts AND passed IS NOT FALSE"),
    ),
    sa.CheckConstraint(
        "state IN ('open', 'second_wanted', 'third_wanted', 'scored', 'confirmed', 'published', 'disputed', "
        "'reviewed', 'void')",
        name="state",
    ),
    sa.CheckConstraint("counts OR state = 'void'", name="counts"),
    sa.CheckConstraint("attempt >= 1", name="attempt"),
    sa.CheckConstraint("pass_mark BETWEEN 1 AND 100", name="pass_mark"),
    sa.CheckConstraint("most_retakes >= 0 AND retake_months > 0", name="retakes"),
    sa.CheckConstraint("dispute_days > 0", name="dispute_days"),
    sa.CheckConstraint("most_difference IS NULL OR parts IS NOT NULL", name="blind_has_parts"),
    sa.CheckConstraint("(norm_version IS NULL) = (parts IS NULL)", name="norm_has_parts"),
    sa.CheckConstraint("(part_points IS NULL) = (parts IS NULL OR score IS NULL)", name="parts_are_scored"),
    sa.CheckConstraint("score BETWEEN 0 AND 100", name="score"),
    sa.CheckConstraint(
        "num_nonnulls(score, comment, scored_by, scored_by_key, scored_at, evaluated_on) = "
        "CASE WHEN state IN ('open', 'second_wanted', 'third_wanted') THEN 0 "
        "WHEN state = 'void' AND score IS NULL THEN 0 ELSE 6 END",
        name="scored_is_complete",
    ),
    sa.CheckConstraint(
        "num_nonnulls(passed, confirmed_by, confirmed_by_key, confirmed_at) = "
        "CASE WHEN state IN ('open', 'second_wanted', 'third_wanted', 'scored') THEN 0 "
        "WHEN state = 'void' AND passed IS NULL THEN 0 ELSE 4 END",
        name="confirmed_is_complete",
    ),
    sa.CheckConstraint(
        "num_nonnulls(published_at, published_by, last_dispute_day) = "
        "CASE WHEN state IN ('published', 'disputed', 'reviewed') THEN 3 "
        "WHEN state = 'void' AND published_at IS NOT NULL THEN 3 ELSE 0 END",
        name="published_is_complete",
    ),
    sa.CheckConstraint(
        "num_nonnulls(voided_at, voided_by, void_reason_code, void_note) = "
        "CASE state WHEN 'void' THEN 4 ELSE 0 END",
        name="void_is_complete",
    ),
    # The function is the migration's: the whole and each part against its own mark.
    sa.CheckConstraint(
        "passed = reaches_marks(score, pass_mark, part_points, parts)", name="passed_follows_score"
    ),
    sa.CheckConstraint("confirmed_by <> scored_by AND confirmed_by_key <> scored_by_key", name="four_eyes"),
    sa.Index(None, "enrolment_id", "id"),
    sa.Index(None, "state", "id"),
    sa.Index(None, "district", "id"),
    sa.Index(None, "district", "evaluated_on"),
    sa.Index(None, "body_id", "id"),
    sa.Index(None, "opened_at", "id"),
)

blind_scores = sa.Table(
    "blind_scores",
    metadata,
    sa.Column("evaluation_id", sa.Uuid, sa.ForeignKey("evaluations.id"), nullable=False),
    sa.Column("place", sa.SmallInteger, nullable=False),
    sa.Column("points", sa.SmallInteger, nullable=False),
    sa.Column("part_points", postgresql.JSONB, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("scored_by", sa.Text, nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("evaluated_on", sa.Date, nullable=False),
    sa.PrimaryKeyConstraint("evaluation_id", "place"),
    # Each by another person: neither two accounts of one, nor one account of two.
    sa.UniqueConstraint("evaluation_id", "person_key"),
    sa.UniqueConstraint("evaluation_id", "scored_by"),
    sa.CheckConstraint("place BETWEEN 1 AND 3", name="place"),
    sa.CheckConstraint("points BETWEEN 0 AND 100", name="points"),
)

disputes = sa.Table(
    "disputes",
    metadata,
    sa.Column("evaluation_id", sa.Uuid, sa.ForeignKey("evaluations.id"), primary_key=True),
    sa.Column("grounds_encrypted", sa.Text, nullable=False),
    sa.Column("disputed_by", sa.Text, nullable=False),
    sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("outcome", sa.Text),
    sa.Column("review_reason", sa.Text),
    sa.Column("reviewed_by", sa.Text),
    sa.Column("reviewed_by_key", sa.Text),
    sa.Column("reviewed_at", sa.DateTime(timezone=True)),
    # What stood before a correction.
    sa.Column("score_before", sa.SmallInteger),
    sa.Column("part_points_before", postgresql.JSONB),
    sa.Column("passed_before", sa.Boolean),
    sa.CheckConstraint("outcome IN ('upheld', 'corrected')", name="outcome"),
    sa.CheckConstraint(
        "num_nonnulls(outcome, review_reason, reviewed_by, reviewed_by_key, reviewed_at) IN (0, 5)",
        name="reviewed_is_complete",
    ),
    sa.CheckConstraint(
        "num_nonnulls(score_before, passed_before) = "
        "CASE WHEN outcome IS NOT DISTINCT FROM 'corrected' THEN 2 ELSE 0 END",
        name="corrected_keeps_what_was",
    ),
)
