# make demo   a conversation without a key and without the internet, and the address of the page to
#             hold one yourself; CALLER=none leaves the first out, SCENARIO=goaway-mid-sentence (or another
#             of offline/gemini/scenarios) makes it harder
# make test   everything that must hold; make check is its quick part
# make test-slow  faults, and what else takes its time (about half an hour)
# make bench  ours against others, about 15 minutes on a quiet machine; ROUNDS=4 for tighter figures,
#             LONG=1 with a ten-minute call each; the page goes to tests/output/benchmarks.md
# make page   builds the page into frontend/dist; make page-check tests and lints it
# make setup  the set-up alone; demo and test call it, and it does nothing the second time

PYTHON ?= python3
CALLER ?= script
SCENARIO ?=
ROUNDS ?= 2
LONG ?=
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.setup-done

.PHONY: setup demo test test-slow check fmt e2e bench page page-check chromium pictures lock bench-lock clean

setup: $(SETUP)
	@$(BIN)/python -m offline.livekit install

$(SETUP): requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Sightline needs Python 3.11 or newer; set PYTHON=python3.x"; exit 1; }
	@echo "Installing the locked packages into $(VENV) ..."
	@if command -v uv >/dev/null 2>&1; then \
	    uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
	    uv pip sync --quiet --compile-bytecode --python $(BIN)/python \
	        --require-hashes requirements-dev.lock; \
	else \
	    { $(PYTHON) -m venv $(VENV) \
	        || { echo "python venv is missing; on Debian: apt-get install python3-venv"; exit 1; }; } && \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	        --require-hashes --no-deps -r requirements-dev.lock; \
	fi
	@touch $@

demo: setup
	@$(MAKE) --silent --question $(BUILT) || echo "Building the page ..."
	@$(MAKE) --silent $(BUILT) >/dev/null 2>&1 \
	    || echo "No page this time: it could not be built; 'make page' says why."
	@$(BIN)/python -m offline.demo --caller $(CALLER) --scenario "$(SCENARIO)"

check: $(SETUP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_layers.py

# What measures times has the machine to itself.
TIMED := tests/e2e tests/browser tests/live tests/record/test_chatter.py

test: setup check page-check page chromium
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(TIMED:%=--ignore=%)
	@$(BIN)/python -m pytest $(TIMED)

test-slow: setup
	@$(BIN)/python -m pytest -m slow

e2e: setup
	@$(BIN)/python -m pytest tests/e2e -s

bench: setup
	@$(BIN)/python -m tests.bench --rounds $(ROUNDS) $(if $(LONG),--long)

# Node from the PATH, else from a wheel; `npm ci` takes what the lock names and runs no scripts.
NODE := frontend/with-node "$(abspath $(BIN))/python"
MODULES := frontend/node_modules/.package-lock.json
BUILT := frontend/dist/index.html

$(MODULES): frontend/package-lock.json | $(SETUP)
	@$(NODE) npm ci --ignore-scripts --no-audit --no-fund --loglevel=error \
	    --fetch-retries=1 --fetch-timeout=30000
	@touch $@

$(BUILT): $(MODULES) frontend/index.html frontend/vite.config.ts \
    $(shell find frontend/src frontend/public -type f 2>/dev/null)
	@$(NODE) npm run --silent build

page: $(BUILT)

# What the browser tests drive: the system's, brought by its package manager where that may be.
chromium: $(SETUP)
	@$(BIN)/python -m tests.browser.chromium

# Those of the README, made anew by the tests.
pictures: setup page chromium
	@$(BIN)/python -m pytest -q -m "" tests/browser/test_faces.py
	@$(BIN)/python -m tests.browser.pictures

page-check: $(MODULES)
	@$(NODE) npm run --silent typecheck
	@$(NODE) npm run --silent lint
	@$(NODE) npm run --silent test

fmt: $(SETUP)
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

# Lock files hold hashes and no addresses. Needs uv.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-annotate --no-header --quiet pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-annotate --no-header --quiet pyproject.toml --extra offline --extra dev \
	    -o requirements-dev.lock

	for name in requirements requirements-node; do \
	    uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	        --no-annotate --no-header --quiet -c requirements.lock frontend/$$name.in \
	        -o frontend/$$name.lock; \
	done

# The same for the environments of those we are measured against.
bench-lock:
	for name in plain adk; do \
	    uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	        --no-annotate --no-header --quiet tests/bench/requirements-$$name.in \
	        -o tests/bench/requirements-$$name.lock; \
	done

clean:
	rm -rf demo frontend/dist tests/output .pytest_cache .mypy_cache .ruff_cache .hypothesis
