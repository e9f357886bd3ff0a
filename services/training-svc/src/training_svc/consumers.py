"""What training-svc does on the events of others: nothing yet."""

from chuangpei.consumer import Handlers

HANDLERS: Handlers = {}
