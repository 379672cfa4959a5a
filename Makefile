# Needs only make and Python 3.11 or newer; every target sets up what it needs, once.
#   make test ARGS="tests/support -k kafka"    passes ARGS on to the command
#   make setup EXTRAS=                         leaves out what training needs (torch); pandian demo trains a model
#   make setup PYTHON=/path/to/python3.12      takes a Python of your choice

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test bench bench-long lint pin clean

VENV := .venv
BIN := $(VENV)/bin
EXTRAS ?= train
ARGS ?=
SHORT_OF_311 := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	if $$name -c '$(SHORT_OF_311)' >/dev/null 2>&1; then echo $$name; exit; fi; done)

# One stamp a set of extras: touched when the environment fits pyproject.toml and constraints.txt.
empty :=
space := $(empty) $(empty)
comma := ,
NAMES := $(subst $(space),-,$(strip $(subst $(comma),$(space),$(EXTRAS))))
STAMP := $(VENV)/.set-up$(if $(NAMES),-$(NAMES))

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(STAMP) ## make .venv with everything in it (EXTRAS= leaves torch out)
	@echo "$(VENV) is ready: $(BIN)/pandian --help"

demo: $(STAMP) ## a live shop on an embedded broker, and its inventory
	@$(BIN)/pandian demo $(ARGS)

test: $(STAMP) ## all tests
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

bench: $(STAMP) ## the benchmarks; writes benchmarks/results/latest.json
	@$(BIN)/python -m benchmarks $(ARGS)

bench-long: $(STAMP) ## the long one: the counting protocol through 100,000 simulated histories
	@$(BIN)/python -m benchmarks.counting_simulation $(ARGS)

lint: $(STAMP) ## style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

pin: ## write constraints.txt anew (ARGS=--upgrade: with the newest versions)
	@PYTHON="$(PYTHON)" tools/pin $(ARGS)

clean: ## remove .venv and all caches
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" && "$(PYTHON)" -c '$(SHORT_OF_311)' 2>/dev/null \
		|| { echo "PYTHON='$(PYTHON)': Pandian needs Python 3.11 or newer; install one, or say make setup PYTHON=/path/to/python" >&2; exit 1; }
	@$(BIN)/python -c '$(SHORT_OF_311)' 2>/dev/null || "$(PYTHON)" -m venv --clear $(VENV) \
		|| { rm -rf $(VENV); echo "$(PYTHON) has no venv module: install it (Debian, Ubuntu: apt install python3-venv)" >&2; exit 1; }
	@echo "Setting up $(VENV), once: this takes a minute or two" >&2
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-input \
		-c constraints.txt -e '.[dev$(if $(NAMES),$(comma)$(subst -,$(comma),$(NAMES)))]'
	@touch $(VENV)/.set-up $@
