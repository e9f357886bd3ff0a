"""Asking an endpoint that was off whether it is there again, before what it is owed is sent."""

from chuangpei.audit import record
from chuangpei.auth import SYSTEM
from chuangpei.database import Row
from chuangpei.kernel.identifiers import new_id

from webhook_svc.dispatch import repository
from webhook_svc.dispatch.oauth import Tokens
from webhook_svc.dispatch.recording import logged
from webhook_svc.dispatch.requests import PING, Receiver, send
from webhook_svc.dispatch.sending import Outcome, Sender
from webhook_svc.endpoints.lifecycle import NEXT, Action, State
from webhook_svc.service import Service

PING_FAILED = "ping_failed"


async def ping(service: Service, sender: Sender, tokens: Tokens, endpoint: Row, receiver: Receiver) -> None:
    """Posts one ping; answered, the endpoint is active and drained, else it is disabled again."""
    webhook_id = f"msg_{new_id()}"
    content = receiver.body_of_own(PING, webhook_id, service.clock.now())
    outcome = await send(sender, tokens, receiver, webhook_id, content)
    action = Action.ANSWER_PING if outcome.delivered else Action.FAIL_PING
    await _settle(service, endpoint, outcome, action)
    service.waking.wake()


async def _settle(service: Service, endpoint: Row, outcome: Outcome, action: Action) -> None:
    at, endpoint_id, after = service.clock.now(), endpoint["id"], NEXT[State.PINGED, action]
    reason = None if outcome.delivered else PING_FAILED
    async with service.database.transaction() as tx:
        await repository.log_attempts(tx, [logged(endpoint_id, None, 1, at, outcome)])
        if await repository.move(tx, endpoint_id, State.PINGED, after, reason):
            await record(
                tx,
                SYSTEM,
                at=at,
                action=action,
                object_type="endpoint",
                object_id=endpoint_id,
                from_state=State.PINGED,
                to_state=after,
                reason=reason,
            )
