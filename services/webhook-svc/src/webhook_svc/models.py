"""Every table of webhook-svc, for migrations."""

from webhook_svc.agencies.tables import agencies
from webhook_svc.deliveries.tables import attempts, deliveries
from webhook_svc.dispatch.tables import lanes
from webhook_svc.endpoints.tables import endpoint_keys, endpoints
from webhook_svc.events.tables import events
from webhook_svc.schema import metadata

__all__ = [
    "agencies",
    "attempts",
    "deliveries",
    "endpoint_keys",
    "endpoints",
    "events",
    "lanes",
    "metadata",
]
