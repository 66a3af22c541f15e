# `make help` lists the tasks.  Nothing needs to be installed beforehand but python3 >= 3.11 and make.
PYTHON ?= python3
PORT ?= 6543
DATA ?= var
VENV := .venv
BIN := $(VENV)/bin

# Tests start hundreds of servers: Python is to keep what it compiled, whatever the environment says.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help serve test pythons engines clients fronts storage browser lint format docs bench profile clean

help: ## List the tasks
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

serve: $(VENV)/serve.stamp ## Run the index on http://localhost:6543/ with its data under var/ (PORT=, DATA=)
	@exec $(BIN)/pserve production.ini http_port=$(PORT) data=$(abspath $(DATA))

test: $(VENV)/test.stamp ## Run the tests that need only Python and the package index
	$(BIN)/pytest -n 2 $(TESTS)

# The rules, and each door once: what one Python could do otherwise than another.
EVERYWHERE := tests/unit $(addprefix tests/functional/test_,simple_json.py upload.py upload_forms.py \
  files.py closed.py api_promotions.py api_people.py cli_promote.py login_pages.py)

pythons: $(VENV)/test.stamp ## Run the tests of rules and doors on the other Pythons that this machine has
	@for version in 3.12 3.13; do \
	  python=$$($(BIN)/python -m tests.clients.interpreters $$version) || continue; \
	  $(MAKE) --no-print-directory test PYTHON=$$python VENV=$(VENV)-$$version TESTS='$(EVERYWHERE)' \
	    || exit 1; \
	done

# What one storage could do otherwise than another; `--storage=zeo` runs all of tests/functional.
ON_ENGINES := $(addprefix tests/functional/test_,simple_json.py upload.py files.py closed.py \
  api_promotions.py)

engines: $(VENV)/engines.stamp ## Run the tests of rules and doors on a ZEO server and on PostgreSQL
	@for storage in zeo postgresql; do \
	  $(BIN)/pytest -n 2 --storage=$$storage $(ON_ENGINES) || exit 1; \
	done

clients: $(VENV)/test.stamp ## Publish and install with real clients, old and new
	$(BIN)/python -m tests.clients.environments
	$(BIN)/pytest -n 2 --durations=12 tests/clients

# Of every kind of client one; `make fronts THROUGH=tests/clients` takes all, and an hour.
THROUGH := $(addprefix tests/clients/test_,uv.py twine.py incubator.py logins.py)

fronts: $(VENV)/engines.stamp ## Publish and install through nginx, with two servers on ZEO and on PostgreSQL
	$(BIN)/python -m tests.clients.environments
	@for storage in zeo postgresql; do \
	  $(BIN)/pytest -n 2 --storage=$$storage $(THROUGH) || exit 1; \
	done

storage: $(VENV)/engines.stamp ## Crash, concurrency and server tests on a real disk, ZEO and PostgreSQL
	$(BIN)/pytest -n 2 --durations=12 tests/storage

browser: $(VENV)/browser.stamp ## Manage an index in a real Chromium (Debian: chromium, chromium-driver)
	$(BIN)/pytest -n 2 --durations=12 tests/browser

lint: $(VENV)/lint.stamp ## Check style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/lint.stamp ## Bring the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/docs.stamp ## Build the documentation into docs/_build/html
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html

bench: $(VENV)/bench.stamp ## Time mypi beside pypiserver, devpi-server, pypiron and nginx (ARGS=)
	$(BIN)/python -m bench.compare $(ARGS)

profile: $(VENV)/bench.stamp ## Record where a running mypi spends its time (ARGS="pages uploads downloads")
	$(BIN)/python -m bench.profile $(ARGS)

clean: ## Remove everything that can be made again (never the data)
	rm -rf $(VENV) $(VENV)-3.* .clients build docs/_build *.egg-info .pytest_cache .mypy_cache .ruff_cache

$(VENV)/created.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mypi needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@touch $@

$(VENV)/serve.stamp: $(VENV)/created.stamp pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[attestations]'
	@touch $@

$(VENV)/%.stamp: $(VENV)/created.stamp pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[$*]'
	@touch $@
