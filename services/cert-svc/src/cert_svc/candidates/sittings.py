"""At which session an evaluation is to be scored (T06)."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Statement, Transaction
from sqlalchemy import bindparam

from cert_svc.candidates.tables import session_candidates as candidates
from cert_svc.policy.sittings import Sitting
from cert_svc.sessions.tables import evaluation_sessions as sessions
from cert_svc.sessions.tables import session_evaluators

_EVALUATION_ID = bindparam("evaluation_id", type_=sa.Uuid)
_SESSION_ID = bindparam("session_id", type_=sa.Uuid)
# The newest: who was absent from one may be put on the next.
_newest = (
    candidates.select()
    .where(candidates.c.evaluation_id == _EVALUATION_ID, candidates.c.live, candidates.c.removed_at.is_(None))
    .order_by(candidates.c.id.desc())
    .limit(1)
)
_NEWEST = Statement(_newest)
_HOLD = Statement(sa.select(sessions.c.id).where(sessions.c.id == _SESSION_ID).with_for_update(read=True))
_IS_EVALUATOR = Statement(
    sa.select(
        sa.exists().where(
            session_evaluators.c.session_id == _SESSION_ID,
            session_evaluators.c.person_key == bindparam("person_key", type_=sa.Text),
        )
    )
)


async def sitting_of(
    tx: Transaction, evaluation_id: UUID, person_key: str | None, at: datetime
) -> Sitting | None:
    """The session that an evaluation is on, as it concerns the person at the instant, if it is on one.

    The evaluation is locked by then, so that it is put on no session meanwhile; the session is held here, so
    that it is not amended, cancelled or closed before this transaction ends.
    """
    found = await tx.row(_NEWEST, {"evaluation_id": evaluation_id})
    if found is None:
        return None
    await tx.execute(_HOLD, {"session_id": found["session_id"]})
    # Read again: what changed it has committed by now.
    found = await tx.row(_NEWEST, {"evaluation_id": evaluation_id})
    if found is None:
        return None
    asked = {"session_id": found["session_id"], "person_key": person_key}
    return Sitting(
        is_session_evaluator=bool(await tx.value(_IS_EVALUATOR, asked)),
        has_begun=at >= found["starts_at"],
        was_absent=found["present"] is False,
    )
