"""What was worked out for a page is kept for the next one: few things, the oldest goes first.

It is worked out once and one at a time, beside the pages: whoever asks waits a moment at most, and
hears otherwise that it is not there yet.
"""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Thing = TypeVar("Thing")


def _one_hand() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="wat-als")


@dataclass(slots=True)
class Kept(Generic[Thing]):
    """At most so many things, by key."""

    most: int
    _places: OrderedDict[Hashable, Future[Thing]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)
    _hand: ThreadPoolExecutor = field(default_factory=_one_hand)

    def of(
        self, key: Hashable, make: Callable[[], Thing], *, patience: float | None = None
    ) -> Thing | None:
        """Give what is kept under a key; None when it is not worked out after so many seconds.

        What `make` raises is raised here, and not kept: the next one tries again.
        """
        place = self._place(key, make)
        try:
            return place.result(patience)
        except TimeoutError:
            if place.done():
                raise
            return None

    def known(self, key: Hashable) -> Thing | None:
        """Give what is kept under a key, at once; None when it is not there."""
        with self._lock:
            place = self._places.get(key)
        return place.result() if place is not None and _there(place) else None

    def pending(self, key: Hashable) -> bool:
        """Whether something is being worked out, or waits for that."""
        with self._lock:
            place = self._places.get(key)
        return place is not None and not place.done()

    def __len__(self) -> int:
        return len(self._places)

    def _place(self, key: Hashable, make: Callable[[], Thing]) -> Future[Thing]:
        with self._lock:
            place = self._places.get(key)
            if place is None or (place.done() and not _there(place)):
                place = self._places[key] = self._hand.submit(make)
            self._places.move_to_end(key)
            while len(self._places) > self.most:
                self._places.popitem(last=False)[1].cancel()
            return place


def _there(place: Future[Thing]) -> bool:
    return place.done() and not place.cancelled() and place.exception() is None
