"""Feedback of trainees (学员评价): rounds, whom was asked, the tokens, the answers and the results.

No row joins an answer to a person. An invitation names an enrolment and knows no token; a token's row knows
its hash and the class, and is deleted when it is spent; an answer knows the class alone: no token, no time,
and an id at random. Closing a round writes its answers anew in random order (see ``repository.close``).
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from training_svc.schema import metadata

_ROUND = "feedback_rounds.class_id"

feedback_rounds = sa.Table(
    "feedback_rounds",
    metadata,
    sa.Column("class_id", sa.Uuid, sa.ForeignKey("classes.id"), primary_key=True),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("invited", sa.Integer, nullable=False),
    sa.Column("closed_on", sa.Date),
    # There where the results are shown: the answers, the sum of all their scores, and how many scores.
    sa.Column("answers", sa.Integer),
    sa.Column("points", sa.Integer),
    sa.Column("scores", sa.Integer),
    sa.CheckConstraint("num_nonnulls(answers, points, scores) IN (0, 3)", name="results"),
    sa.CheckConstraint("answers IS NULL OR closed_on IS NOT NULL", name="shown"),
    sa.CheckConstraint("answers <= invited", name="answers"),
    sa.Index("ix_feedback_rounds_due", "last_day", postgresql_where=sa.text("closed_on IS NULL")),
)

feedback_invitations = sa.Table(
    "feedback_invitations",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("class_id", sa.Uuid, sa.ForeignKey(_ROUND), nullable=False),
    sa.Column("enrolment_id", sa.Uuid, nullable=False),
    # Under which key its token is made.
    sa.Column("key_id", sa.Text, nullable=False),
    sa.UniqueConstraint("class_id", "enrolment_id"),
    sa.ForeignKeyConstraint(["class_id", "enrolment_id"], ["enrolments.class_id", "enrolments.id"]),
    sa.Index("ix_feedback_invitations_enrolment_id", "enrolment_id"),
)

feedback_tokens = sa.Table(
    "feedback_tokens",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("class_id", sa.Uuid, sa.ForeignKey(_ROUND), nullable=False),
    sa.Index("ix_feedback_tokens_class_id", "class_id"),
)

feedback_answers = sa.Table(
    "feedback_answers",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("class_id", sa.Uuid, sa.ForeignKey(_ROUND), nullable=False),
    sa.Column("scores", postgresql.JSONB, nullable=False),
    sa.Column("comment", sa.Text),
    sa.CheckConstraint("length(comment) BETWEEN 1 AND 1000", name="comment"),
    sa.Index("ix_feedback_answers_class_id_id", "class_id", "id"),
)

feedback_results = sa.Table(
    "feedback_results",
    metadata,
    sa.Column("class_id", sa.Uuid, sa.ForeignKey(_ROUND), primary_key=True),
    sa.Column("question", sa.Text, primary_key=True),
    sa.Column("points", sa.Integer, nullable=False),
)
