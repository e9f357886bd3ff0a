"""Sending a test event at once, for the agency that waits for the answer."""

from uuid import UUID

from chuangpei.kernel.identifiers import new_id

from webhook_svc.dispatch import repository
from webhook_svc.dispatch.oauth import Tokens
from webhook_svc.dispatch.recording import logged
from webhook_svc.dispatch.requests import TEST, Receiver, send
from webhook_svc.dispatch.sending import Outcome, Sender, session_of
from webhook_svc.service import Service


async def send_test(service: Service, endpoint_id: UUID) -> tuple[str, Outcome]:
    """Posts one test event and logs the attempt; returns the id it was sent with and what came of it."""
    endpoint = await repository.any_endpoint(service.database, endpoint_id)
    assert endpoint is not None, "it was found just now, and none is ever removed"
    receiver = await Receiver.of(service, endpoint)
    webhook_id, at = f"msg_{new_id()}", service.clock.now()
    content = receiver.body_of_own(TEST, webhook_id, at)
    async with session_of(service.egress.connector(), service.settings.attempt_seconds) as session:
        sender = Sender(session, answer_bytes=service.settings.answer_bytes)
        outcome = await send(sender, Tokens(session), receiver, webhook_id, content)
    async with service.database.transaction() as tx:
        await repository.log_attempts(tx, [logged(endpoint_id, None, 1, at, outcome)])
    return webhook_id, outcome
