"""The two ways out: to the addresses that the settings name, and to those that a tenant types."""

from chatbo.foundation.outbound.calls import Answer, OutboundError, call
from chatbo.foundation.outbound.errors import FetchError, Reason
from chatbo.foundation.outbound.guarded import Page, Reply, check_address, fetch, post

__all__ = [
    "Answer",
    "FetchError",
    "OutboundError",
    "Page",
    "Reason",
    "Reply",
    "call",
    "check_address",
    "fetch",
    "post",
]
