"""Re-checks, one for each evaluation that was drawn; triggers forbid deleting one and changing its points."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from cert_svc.schema import metadata

rechecks = sa.Table(
    "rechecks",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("draw_id", sa.Uuid, sa.ForeignKey("recheck_draws.id"), nullable=False),
    # An evaluation is drawn once.
    sa.Column("evaluation_id", sa.Uuid, sa.ForeignKey("evaluations.id"), nullable=False, unique=True),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("body_id", sa.Uuid, sa.ForeignKey("evaluation_bodies.id")),
    sa.Column("evaluated_on", sa.Date, nullable=False),
    # As the draw found it.
    sa.Column("original_points", sa.SmallInteger, nullable=False),
    sa.Column("original_passed", sa.Boolean, nullable=False),
    sa.Column("most_difference", sa.SmallInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("checker_key", sa.Text),
    sa.Column("checker_masked_name", sa.Text),
    sa.Column("checker_name_encrypted", sa.Text),
    sa.Column("checker_id_number_encrypted", sa.Text),
    sa.Column("points", sa.SmallInteger),
    sa.Column("part_points", postgresql.JSONB),
    sa.Column("comment", sa.Text),
    sa.Column("passed", sa.Boolean),
    sa.Column("agrees", sa.Boolean),
    sa.Column("checked_by", sa.Text),
    sa.Column("checked_at", sa.DateTime(timezone=True)),
    sa.Column("conclusion", sa.Text),
    sa.Column("closed_by", sa.Text),
    sa.Column("closed_at", sa.DateTime(timezone=True)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("state IN ('drawn', 'assigned', 'checked', 'closed')", name="state"),
    sa.CheckConstraint("points BETWEEN 0 AND 100 AND original_points BETWEEN 0 AND 100", name="points"),
    sa.CheckConstraint(
        "num_nonnulls(checker_key, checker_masked_name, checker_name_encrypted, "
        "checker_id_number_encrypted) = CASE state WHEN 'drawn' THEN 0 ELSE 4 END",
        name="checker",
    ),
    sa.CheckConstraint(
        "num_nonnulls(points, comment, passed, agrees, checked_by, checked_at) = "
        "CASE WHEN state IN ('checked', 'closed') THEN 6 ELSE 0 END",
        name="checked",
    ),
    sa.CheckConstraint(
        "num_nonnulls(conclusion, closed_by, closed_at) = CASE state WHEN 'closed' THEN 3 ELSE 0 END",
        name="closed",
    ),
    sa.CheckConstraint(
        "agrees = (passed = original_passed AND abs(points - original_points) <= most_difference)",
        name="agrees",
    ),
    sa.CheckConstraint("closed_by <> checked_by", name="four_eyes"),
    sa.Index(None, "district", "id"),
    sa.Index(None, "draw_id", "id"),
    sa.Index(None, "body_id", "evaluated_on"),
    sa.Index(None, "checker_key", "id"),
    sa.Index(None, "evaluated_on", "id"),
)
