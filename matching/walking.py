"""Minutes on foot over a network of streets, per mobility profile.

A network is an undirected graph of street pieces in whole metres. Each profile walks only what it
can: no stairs with a walking stick, no kerb above 2 cm and no passage under 80 cm with a rollator
or wheelchair (VERA BATSCORE 2 and 3: drempel hoogstens 20 mm, doorgang minstens 800 mm).
Distances are searched from the places outward, bounded, so that far homes cost nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from data_contracts.words import Mobility, VerhuisketenError

if TYPE_CHECKING:
    import pandas as pd

UNREACHED = np.int32(1_000_000)
"""Metres that stand for: not reached within the bound."""
_CHUNK = 64

EDGE_COLUMNS = ("from_x", "from_y", "to_x", "to_y", "length", "width_cm", "kerb_cm", "stairs")


class BadNetwork(VerhuisketenError):
    """Het stratennetwerk is niet te gebruiken."""


class Able(NamedTuple):
    """What a profile can take: the narrowest passage and highest kerb in cm, and stairs or not."""

    narrowest: int
    highest_kerb: int
    stairs: bool


PROFILES: dict[Mobility, Able] = {
    Mobility.LOPEND: Able(narrowest=0, highest_kerb=10_000, stairs=True),
    Mobility.STOK: Able(narrowest=0, highest_kerb=10_000, stairs=False),
    Mobility.ROLLATOR: Able(narrowest=80, highest_kerb=2, stairs=False),
    Mobility.ROLSTOEL: Able(narrowest=80, highest_kerb=2, stairs=False),
}


@dataclass(frozen=True, slots=True)
class _Graph:
    """What one profile can walk: node places in metres, a tree over them, and the lengths."""

    nodes: np.ndarray
    tree: cKDTree
    lengths: csr_array

    def snapped(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give for each place its nearest node and the metres to it, rounded up."""
        _, node = self.tree.query(places)
        return node, _metres(places, self.nodes[node])


@dataclass(frozen=True, slots=True)
class Network:
    """Streets that can be walked, kept per mobility profile."""

    edges: pd.DataFrame
    _graphs: dict[Mobility, _Graph] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_table(cls, edges: pd.DataFrame) -> Network:
        """Make a network of a table `EDGE_COLUMNS`: places in RD metres, length in metres.

        `width_cm` and `kerb_cm` may be missing (then they hinder nobody). Raises BadNetwork.
        """
        if missing := [name for name in EDGE_COLUMNS if name not in edges.columns]:
            raise BadNetwork(f"In het stratennetwerk ontbreken de kolommen {', '.join(missing)}.")
        if edges.empty or not (edges["length"].to_numpy(dtype=np.float64) > 0).all():
            raise BadNetwork("Het stratennetwerk is leeg, of een straat heeft geen lengte.")
        for mobility, able in PROFILES.items():
            if not _walkable(edges, able).any():
                raise BadNetwork(f"Over dit stratennetwerk kan niemand lopen: {mobility.value}.")
        return cls(edges.reset_index(drop=True))

    @property
    def hash(self) -> str:
        """The sha256 of all streets, first 16 characters."""
        told = self.edges[list(EDGE_COLUMNS)].to_csv(index=False, lineterminator="\n")
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def graph(self, mobility: Mobility) -> _Graph:
        """Give what this profile can walk; made once."""
        if mobility not in self._graphs:
            self._graphs[mobility] = _graph(self.edges, PROFILES[mobility])
        return self._graphs[mobility]


def _walkable(edges: pd.DataFrame, able: Able) -> np.ndarray:
    wide = edges["width_cm"].fillna(10_000).to_numpy(dtype=np.int64) >= able.narrowest
    low = edges["kerb_cm"].fillna(0).to_numpy(dtype=np.int64) <= able.highest_kerb
    found: np.ndarray = wide & low & (able.stairs | ~edges["stairs"].to_numpy(dtype=bool))
    return found


def _graph(edges: pd.DataFrame, able: Able) -> _Graph:
    kept = edges[_walkable(edges, able)]
    ends = kept[list(EDGE_COLUMNS[:4])].to_numpy(dtype=np.int64)
    nodes, named = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    one, other = named.reshape(-1, 2).T
    lengths = np.ceil(kept["length"].to_numpy(dtype=np.float64)).astype(np.int64)
    return _Graph(nodes, cKDTree(nodes), _shortest_of_parallel(one, other, lengths, len(nodes)))


def _shortest_of_parallel(
    one: np.ndarray, other: np.ndarray, lengths: np.ndarray, nodes: int
) -> csr_array:
    """Make a matrix of lengths, both ways; of parallel streets the shortest, never their sum."""
    tail, head = np.concatenate([one, other]), np.concatenate([other, one])
    length = np.concatenate([lengths, lengths])
    order = np.lexsort((length, head, tail))
    tail, head, length = tail[order], head[order], length[order]
    first = np.ones(len(tail), dtype=bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    kept = (length[first].astype(np.float64), (tail[first], head[first]))
    return coo_array(kept, shape=(nodes, nodes)).tocsr()


def _metres(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    apart = (one.astype(np.int64) - other.astype(np.int64)).astype(np.float64)
    metres: np.ndarray = np.ceil(np.sqrt((apart**2).sum(axis=1))).astype(np.int32)
    return metres


def metres_between(
    network: Network, places: np.ndarray, *, homes: np.ndarray, limit: int, mobility: Mobility
) -> np.ndarray:
    """Give the metres on foot from each place to each home: int32, a row per place.

    Places and homes are n by 2 arrays of RD metres. What is farther than `limit` is UNREACHED. The
    way to and from the nearest street counts as the crow flies. The caller hands over a few
    hundred places at a time, so that the table stays small.
    """
    out = np.full((len(places), len(homes)), UNREACHED, dtype=np.int32)
    if not len(places) or not len(homes):
        return out
    graph = network.graph(mobility)
    start, to_street = graph.snapped(places)
    end, from_street = graph.snapped(homes)
    sources, which = np.unique(start, return_inverse=True)
    for first in range(0, len(sources), _CHUNK):
        chunk = sources[first : first + _CHUNK]
        reached = dijkstra(graph.lengths, directed=True, indices=chunk, limit=float(limit))
        mine = np.flatnonzero((which >= first) & (which < first + len(chunk)))
        walked = np.minimum(reached[:, end], UNREACHED)[which[mine] - first].astype(np.int64)
        out[mine] = np.minimum(walked + to_street[mine, None] + from_street, UNREACHED)
    out[out > limit] = UNREACHED
    return out


def metres_to_nearest(
    network: Network, places: np.ndarray, *, homes: np.ndarray, limit: int, mobility: Mobility
) -> np.ndarray:
    """Give for each home the metres on foot to the nearest of the places: int32.

    One search for all places together. What is farther than `limit` is UNREACHED; the way to and
    from the nearest street counts as the crow flies, as in `metres_between`.
    """
    if not len(places) or not len(homes):
        return np.full(len(homes), UNREACHED, dtype=np.int32)
    graph = network.graph(mobility)
    outside = len(graph.nodes)
    reached = dijkstra(
        _with_doors(graph.lengths, *graph.snapped(places)),
        directed=True,
        indices=outside,
        limit=float(limit),
    )
    end, from_street = graph.snapped(homes)
    metres = np.minimum(reached[end], UNREACHED).astype(np.int64) + from_street
    return np.where(metres > limit, UNREACHED, metres).astype(np.int32)


def _with_doors(lengths: csr_array, nodes: np.ndarray, metres: np.ndarray) -> csr_array:
    """Add one node, the last, from which a way of so many `metres` leads to each place's node.

    So one search begins at all places, each as far from its street as it is. Of places at the same
    node the nearest counts.
    """
    order = np.lexsort((metres, nodes))
    to, first = np.unique(nodes[order], return_index=True)
    size = lengths.shape[0] + 1
    data = np.concatenate([lengths.data, metres[order][first].astype(np.float64)])
    indices = np.concatenate([lengths.indices, to])
    indptr = np.append(lengths.indptr, lengths.indptr[-1] + len(to))
    return csr_array((data, indices, indptr), shape=(size, size))
