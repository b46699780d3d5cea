# Python 3.11+ and make are enough for everything but the browser tests, which want Chromium too.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Node and npm are packages of the environment too.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix frontend
SITE := frontend/node_modules/.installed
BUILT := frontend/dist/.built
CLIENT := frontend/src/api/generated

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

$(SITE): frontend/package-lock.json frontend/.npmrc | $(VENV)/.local
	@echo "Installing the packages of the web application (half a minute, once) ..."
	@$(NPM) ci --loglevel=error
	@touch $@

# Folders are among these, so that a file that went away counts as a change. A build empties frontend/dist first: the
# mark is there only when it came to its end.
$(BUILT): $(shell find frontend/src frontend/public ! -name '*.test.*' 2>/dev/null) frontend/index.html \
		frontend/vite.config.ts frontend/postcss.config.cjs frontend/scripts/size.mjs $(SITE)
	@echo "Building the web application (a few seconds, when it has changed) ..."
	@$(NPM) run build --silent
	@touch $@

up: $(VENV)/.local $(BUILT) ## Start everything on this machine (DEMO=1: with a demo team)
	@exec $(BIN)/asyncops up $(if $(DEMO),--demo)

promtool: $(VENV)/.dev ## Get the tool that tests the alert rules, where there is none (Debian's, by apt)
	@docker/monitoring/get-promtool $(BIN)/promtool

pgbouncer: $(VENV)/.dev ## Get the pooler behind which the application is tested, where there is none (Debian's, by apt)
	@tests/database/get-pgbouncer $(BIN)/pgbouncer

dev: $(VENV)/.dev $(SITE) ## The same, and whatever you save is there at once (DEMO=1 too)
	@exec $(BIN)/asyncops up --dev $(if $(DEMO),--demo)

build: $(BUILT) ## Build the web application, when it has changed

client: $(VENV)/.dev $(SITE) ## Write the web application's API client anew from the code
	$(BIN)/asyncops openapi > frontend/openapi.json
	@$(NPM) run client --silent

test: $(VENV)/.dev $(BUILT) ## Run every test (ARGS="tests/search -k word": some of the Python ones)
	@docker/monitoring/get-promtool $(BIN)/promtool || true # one test needs it, and says so
	@tests/database/get-pgbouncer $(BIN)/pgbouncer || true # as above
	@$(if $(ARGS),,$(NPM) test --silent)
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

lint: $(VENV)/.dev $(SITE) ## Style, types, the directions between modules, the API client's age
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(NPM) run lint --silent
	@$(BIN)/asyncops openapi > frontend/openapi.json
	@CLIENT_OUTPUT=node_modules/.cache/client $(NPM) run client --silent > /dev/null
	@diff -r frontend/node_modules/.cache/client $(CLIENT) > /dev/null \
		|| { echo "$(CLIENT) is not what the API says: run make client"; exit 1; }

bench: $(VENV)/.dev ## What a request costs, beside a bare program (ARGS=--quick: in some minutes)
	@$(BIN)/python -m tests.benchmarks.server $(ARGS)

profile: $(VENV)/.dev ## Where a request's time goes, layer by layer
	@$(BIN)/python -m tests.benchmarks.profiling $(ARGS)

bench-pages: $(VENV)/.dev $(BUILT) ## How soon each page is there, on a throttled phone
	@$(BIN)/python -m tests.benchmarks.browser $(ARGS)

faults: $(VENV)/.dev ## Kill, freeze and fill up what it runs on, and count what is lost (ARGS=redis_away: some of it)
	@$(BIN)/python -m tests.faults $(ARGS)

screenshots: $(VENV)/.dev $(BUILT) ## Take the pictures in docs/images anew
	@$(BIN)/python -m tests.browser.screenshots $(ARGS)

# In an environment of its own, so that it looks at what is pinned and not at itself.
$(VENV)/audit/.done: requirements/audit.txt $(VENV)/.local
	$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/pip --disable-pip-version-check --quiet install --require-hashes -r requirements/audit.txt
	@touch $@

# --strict: a package that nobody could be asked about is a failure too.
audit: $(VENV)/audit/.done ## Ask whether the pinned packages have known vulnerabilities (needs the internet)
	$(VENV)/audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements/production.txt
	$(VENV)/audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements/local.txt
	$(NPM) audit --package-lock-only --audit-level=moderate

check: lint test ## Everything that CI runs

format: $(VENV)/.dev $(SITE) ## Format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	@$(NPM) run format --silent

lock: $(VENV)/.dev ## Write the lock files anew from pyproject.toml (ARGS=--upgrade for newer versions)
	$(LOCK) pyproject.toml --extra local --group dev --output-file requirements/dev.txt $(ARGS)
	$(LOCK) pyproject.toml --extra local --constraint requirements/dev.txt --output-file requirements/local.txt
	$(LOCK) pyproject.toml --constraint requirements/dev.txt --output-file requirements/production.txt
	$(LOCK) --group build --constraint requirements/dev.txt --output-file requirements/build.txt
	$(LOCK) --group deploy --constraint requirements/dev.txt --output-file requirements/deploy.txt
	$(LOCK) --group audit --output-file requirements/audit.txt

LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate

clean: ## Remove what was installed and built; your data in var/ stays
	rm -rf $(VENV) frontend/node_modules frontend/dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: help up dev build client promtool pgbouncer test lint bench profile bench-pages faults screenshots audit check format lock clean
