# Two commands for a newcomer: `make demo` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

# Without its bytecode every `import prefect` costs seconds: see docs/decisions/.
unexport PYTHONDONTWRITEBYTECODE
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1

.PHONY: help setup lock demo check test soak sabotage bench bench-country bench-optimiser reports docs clean

help:            ## this list
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 12

setup: $(READY)  ## make .venv from requirements.lock, every file checked by its hash

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 of nieuwer is nodig; roep aan met: make PYTHON=python3.12 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	awk '/^uv==/{on=1} on{print} on && !/\\$$/{exit}' requirements.lock > $(VENV)/uv.lock.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r $(VENV)/uv.lock.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

lock: $(READY)   ## resolve pyproject.toml anew (maintainers)
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --group dev --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --constraint requirements.lock --group bench \
	  --output-file requirements-bench.lock

demo: $(READY)   ## one night on a generated region of 10,000 dwellings; files in run/demo
	$(BIN)/verhuisketen demo

check: $(READY)  ## formatting, lint, types, floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(READY)   ## every test, against a real PostgreSQL that the tests start themselves
	$(BIN)/pytest -n auto

soak: $(READY)   ## every test with its long counts: hours; both counts are told at the end
	HYPOTHESIS_PROFILE=soak $(BIN)/pytest -n auto

sabotage: $(READY)  ## break one line per promise in a copy and see its test go red; writes docs/sabotage.md
	$(BIN)/python -m tests.sabotage

bench: $(READY)  ## the figures of README: a night, facts, fact to proposal, the desk, Dask, what if; a real town if ADDRESSES names its file
	$(BIN)/python -m benchmarks.night $(if $(ADDRESSES),--addresses $(ADDRESSES))
	$(BIN)/python -m benchmarks.facts
	$(BIN)/python -m benchmarks.events
	$(if $(ADDRESSES),$(BIN)/python -m benchmarks.events --addresses $(ADDRESSES))
	$(BIN)/python -m benchmarks.desk $(if $(ADDRESSES),--addresses $(ADDRESSES))
	$(BIN)/python -m benchmarks.nights --regions 4 --dwellings 10000 --small 2
	$(BIN)/python -m benchmarks.scenario

bench-country: $(READY)  ## 1,000,000 dwellings in 25 regions: processes of this machine beside a local Dask cluster; an hour
	$(BIN)/python -m benchmarks.nights

bench-optimiser: $(READY)  ## the optimiser and its peers; Almere with ADDRESSES, PrefLib's kidney pools with POOLS, the page with WRITE=docs
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-bench.lock
	$(BIN)/python -m benchmarks.optimiser $(if $(ADDRESSES),--addresses $(ADDRESSES)) $(if $(POOLS),--pools $(POOLS)) $(if $(WRITE),--write $(WRITE))

reports: $(READY) ## what if: the reports of our own example scenarios, on a made-up region; in run/reports
	$(BIN)/python -m docs.whatif

docs: $(READY)   ## schemas and reference pages, generated from the code
	$(BIN)/python -m docs.build

clean:           ## everything that was made here
	rm -rf $(VENV) run .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
