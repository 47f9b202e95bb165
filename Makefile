# Everything a stranger needs: `make demo` shows what Tushuo does, `make test` proves it.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
DEMO_DB = data/demo.db

.DEFAULT_GOAL := help
.PHONY: help env demo test soak lint bench docs lock clean

help: ## list what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1	/' | expand -t 16

env: $(READY) ## make the environment in .venv, from the hashed lock

$(READY): requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tushuo needs Python 3.11 or newer: make PYTHON=python3.x")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	touch $@

demo: $(READY) ## crawl a bundled replica of a CRI channel into data/demo.db and look at it
	$(BIN)/python -m tests.replica.demo --database $(DEMO_DB)

test: $(READY) ## all tests, on SQLite and on a real PostgreSQL
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not soak"

soak: $(READY) ## the long tests: kills, faults, outages
	$(BIN)/python -m pytest -q -rP -m soak

lint: $(READY) ## formatting, ruff, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(READY) ## pages a second of a whole crawl beside plain Scrapy, and peak memory
	$(BIN)/python -m benchmarks.crawl

docs: $(READY) ## write docs/commands.md anew from the commands
	$(BIN)/python -m tests.command_help > docs/commands.md

lock: ## pin the dependencies anew, with hashes (needs uv)
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header \
	  --extra parquet --extra postgres --extra dev pyproject.toml --output-file requirements.lock

clean: ## remove the environment and the demo's database
	rm -rf $(VENV) $(DEMO_DB) $(DEMO_DB)-wal $(DEMO_DB)-shm
