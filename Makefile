# `make up` and `make test` need Python 3.11+ and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("AsyncOps needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.local: requirements/local.txt pyproject.toml | $(BIN)/python
	@echo "Installing the pinned packages (about a minute, once) ..."
	@$(PIP) install --require-hashes -r requirements/local.txt
	@$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.local
	@echo "Installing the tools for tests and checks (once) ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

up: $(VENV)/.local ## Start everything on this machine (DEMO=1: with a demo team)
	@exec $(BIN)/asyncops up $(if $(DEMO),--demo)

promtool: $(VENV)/.dev ## Get the tool that tests the alert rules, where there is none (Debian's, by apt)
	@docker/monitoring/get-promtool $(BIN)/promtool

pgbouncer: $(VENV)/.dev ## Get the pooler behind which the application is tested, where there is none (Debian's, by apt)
	@tests/database/get-pgbouncer $(BIN)/pgbouncer

test: $(VENV)/.dev ## Run every test
	@docker/monitoring/get-promtool $(BIN)/promtool || true # one test needs it, and says so
	@tests/database/get-pgbouncer $(BIN)/pgbouncer || true # as above
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

lint: $(VENV)/.dev ## Style, types and the directions between modules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test ## Everything that CI runs

format: $(VENV)/.dev ## Format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(VENV)/.dev ## Write the lock files anew from pyproject.toml (ARGS=--upgrade for newer versions)
	$(LOCK) --extra local --group dev --output-file requirements/dev.txt $(ARGS)
	$(LOCK) --extra local --constraint requirements/dev.txt --output-file requirements/local.txt
	$(LOCK) --constraint requirements/dev.txt --output-file requirements/production.txt

LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate pyproject.toml

clean: ## Remove what was installed and built; your data in var/ stays
	rm -rf $(VENV) *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: help up promtool pgbouncer test lint check format lock clean
