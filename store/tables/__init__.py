"""Every table, once: what the store remembers. `migrations/` makes exactly this."""

from store.tables.adoption import opened
from store.tables.decisions import instruction, visit, words
from store.tables.exchange import api_use, machine_key, machine_use, notice, reader, subscriber
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
from store.tables.personal_key import personal_key
from store.tables.quarantine import delivery_share, quarantine
from store.tables.repeated import repeated_call
from store.tables.simulations import simulation, simulation_run
from store.tables.who import account, errand, glass, seal, session, try_

__all__ = [
    "MOMENT",
    "STANDING",
    "access",
    "account",
    "address",
    "api_use",
    "conflict",
    "current_plan",
    "delivery",
    "delivery_share",
    "errand",
    "glass",
    "instruction",
    "lease",
    "log",
    "machine_key",
    "machine_use",
    "metadata",
    "notice",
    "opened",
    "person",
    "personal_key",
    "plan",
    "proposal",
    "quarantine",
    "reader",
    "reject",
    "repeated_call",
    "run",
    "seal",
    "session",
    "simulation",
    "simulation_run",
    "state_row",
    "state_stand",
    "subscriber",
    "try_",
    "visit",
    "words",
]
