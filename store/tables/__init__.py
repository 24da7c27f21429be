"""Every table, once: what the store remembers. `migrations/` makes exactly this."""

from store.tables.exchange import machine_key, machine_use, notice, reader, subscriber
from store.tables.memory import (
    STANDING,
    access,
    address,
    conflict,
    current_plan,
    delivery,
    lease,
    log,
    person,
    plan,
    proposal,
    reject,
    run,
    state_row,
    state_stand,
)
from store.tables.metadata import MOMENT, metadata

__all__ = [
    "MOMENT",
    "STANDING",
    "access",
    "address",
    "conflict",
    "current_plan",
    "delivery",
    "lease",
    "log",
    "machine_key",
    "machine_use",
    "metadata",
    "notice",
    "person",
    "plan",
    "proposal",
    "reader",
    "reject",
    "run",
    "state_row",
    "state_stand",
    "subscriber",
]
