# `make check` judges the embedded provider in a fresh environment; `make test` runs the whole test-suite.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
TARGET ?=
FAULTS ?=

.PHONY: check test lint postgres chromium meta bench clean help

help:
	@echo "make check   install Scimulator into $(VENV) and judge the embedded provider (TARGET=URL judges yours)"
	@echo "make test    install the development tools too and run linters and the whole test-suite"
	@echo "make meta    run every fault of the reference provider against every check"
	@echo "make bench   measure speed beside other tools and print ratios"

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml
	$(PIP) install --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml
	$(PIP) install --editable '.[dev]'
	@touch $@ $(VENV)/.installed

check: $(VENV)/.installed
	$(BIN)/scimulator check $(TARGET)

lint: $(VENV)/.dev
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --no-cache --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# django-scim2 writes its filters for PostgreSQL; without one its tests are skipped and say so.
postgres:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get -qq update && \
	     DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends postgresql >/dev/null; } \
	|| echo "no PostgreSQL here: the tests on django-scim2 will be skipped"

# The HTML report is tested in a real browser; without one these tests are skipped and say so.
chromium:
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get -qq update && \
	     DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium >/dev/null; } \
	|| echo "no Chromium here: the tests of the HTML report in a browser will be skipped"

test: lint postgres chromium
	$(BIN)/pytest -n 2 --dist worksteal

meta: $(VENV)/.dev
	$(BIN)/scimulator selftest --untripped tests/meta/untripped.toml $(FAULTS)

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf $(VENV) build dist scimulator-report .mypy_cache .ruff_cache .pytest_cache .hypothesis
