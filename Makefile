# Two commands do everything: `make run` and `make test`. They need Python 3.11+, git and make.
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_COMPILE_BYTECODE := 1
export PYTHONUNBUFFERED := 1

.PHONY: run test check types lint walls gallery docs fuzz revision clean

run: $(VENV)/.ready
	@$(BIN)/trendbot run

test: $(VENV)/.ready
	$(BIN)/python -m pytest

check: lint types walls

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.ready
	$(BIN)/mypy

walls: $(VENV)/.ready
	$(BIN)/lint-imports

# Every kind of reply as each platform shows it, on one page to look at: build/gallery.html
gallery: $(VENV)/.ready
	@$(BIN)/python -m tests.gallery

# Runs every command that README and docs show, and writes what it says into them
docs: $(VENV)/.ready
	@$(BIN)/python -m tests.docs

# Random input through every door; the seed is printed: make fuzz COUNT=10000 SEED=7
fuzz: $(VENV)/.ready
	@$(BIN)/python -m tests.fuzz.run $(or $(COUNT),1000000) $(SEED)

# The step from the newest tables to the models as they are: make revision WHY="why"
revision: $(VENV)/.ready
	rm -f .revision.db
	TRENDBOT_DATABASE_URL=sqlite:///.revision.db $(BIN)/trendbot db upgrade
	TRENDBOT_DATABASE_URL=sqlite:///.revision.db $(BIN)/trendbot db revision "$(WHY)"
	rm -f .revision.db .revision.db-shm .revision.db-wal

# The environment, from the lock file alone; uv is fetched into it, so nothing has to be there before.
$(VENV)/.ready: pyproject.toml uv.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sys; sys.exit("trendbot needs Python 3.11 or newer: set PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv sync --frozen --inexact --quiet
	@touch $@

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
