"""What if: match, answer, fold, again. The same engine as in the night, rolled through time."""

from matching.simulate.model import Asked, Happened, Run, World
from matching.simulate.rolled import simulate

__all__ = ["Asked", "Happened", "Run", "World", "simulate"]
