# `make demo` and `make test` need nothing but git and Python 3.11 or newer: each target brings what it uses.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.DEFAULT_GOAL := help

.PHONY: help
help: ## what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

.PHONY: setup
setup: $(VENV)/.ready ## .venv with the locked dependencies, and the toolchain
	@$(BIN)/python -m toolchain

# The stamp is younger than the lock only when the whole installation went through.
$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Guestlist needs Python 3.11 or newer, this is %s. Run: make setup PYTHON=python3.11" % sys.version.split()[0])'
	@echo "Installing the locked Python packages into $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: demo
demo: setup ## the whole flow on a local tenant
	@$(BIN)/guestlist demo

.PHONY: lint
lint: setup ## style and strict types
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy

.PHONY: test
test: lint ## everything from a fresh clone to all tests
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup

.PHONY: bench
bench: setup ## what it costs, beside OpenTofu and auth0-deploy-cli; writes docs/bench.md and README's figures
	@$(BIN)/python -m tests.bench

.PHONY: soak
soak: setup ## the full counts of the fault, fuzz and load tests; writes docs/measured.md
	@$(BIN)/python -m tests.soak

.PHONY: lock
lock: ## renew requirements.lock from pyproject.toml (needs uv)
	@uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --upgrade --quiet --output-file requirements.lock
