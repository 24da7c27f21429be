"""`verhuisketen simulate`: scenarios rolled through time, beside doing nothing."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from data_contracts.scenario import BadScenario, scenario_from, scenarios_from
from data_contracts.scenario_mistakes import outside
from matching.simulate.summary import compare
from pipelines import logs, screen, whatif_screen
from pipelines.asking import database
from pipelines.commands.given import Data, Json, On, settings_with
from pipelines.hands import Where, run_errands
from pipelines.scenario import Work, new_worker, simulated
from store import simulations
from store.simulations import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime

    from data_contracts.scenario import Scenario
    from matching.simulate.comparison import Comparison
    from pipelines.settings import Settings
    from store.database import Engine
    from store.simulations import Simulation
