# `make help` lists what can be made; `make PYTHON=python3.13 test` chooses the interpreter.

PYTHON ?= python3
JOBS ?= 2
CHAPTERS ?= $(wildcard chapters/*.ipynb)

BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
COURSE := .venv/.course
TESTS := .venv/.tests
BENCH := .venv/.bench
# Most of what JupyterLab brings is never imported, so it is not compiled beforehand either.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt
# Jupyter wants to be told when it is root, as in a container.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

# A learner's `for node in {"a", "b"}` goes the same way in every run, and in every kernel that `make lab` starts.
export PYTHONHASHSEED := 0

.DEFAULT_GOAL := help
.PHONY: help lab test lint types unit notebooks browser soak bench chapters format install constraints clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: $(COURSE) ## open the course in JupyterLab
	$(BIN)/jupyter lab $(AS_ROOT) --LabApp.default_url=/lab/tree/chapters/1_background.ipynb

test: lint types unit notebooks browser ## prove that everything works: all of the next five

lint: $(TESTS) ## ruff over code and notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(TESTS) ## mypy over the package
	$(BIN)/mypy

unit: $(TESTS) ## the package's tests, at most 100 examples a property
	$(BIN)/pytest tests -n $(JOBS) --ignore=tests/browser

# One worker a notebook: a notebook split over two would lose its variables.
notebooks: $(TESTS) ## run the chapters, compare every output with the committed one
ifneq ($(strip $(CHAPTERS)),)
	$(BIN)/pytest --nbval $(CHAPTERS) -n $(JOBS) --dist loadfile --nbval-current-env --nbval-cell-timeout=120
else
	@echo "no chapters in chapters/ to run"
endif

browser: $(TESTS) ## run the chapters in a real JupyterLab in a real browser
	$(BIN)/pytest tests/browser

soak: $(TESTS) ## the package's tests with thousands of examples a property
	HYPOTHESIS_PROFILE=soak DISTLAB_SOAK=1 $(BIN)/pytest tests -n $(JOBS) --ignore=tests/browser

bench: $(BENCH) ## measure distlab beside its peers (ONLY="imports ..." for some)
	$(BIN)/python -m tests.benchmarks $(ONLY)

chapters: $(TESTS) ## run the chapters and store their outputs (CHAPTERS=... for some)
	$(BIN)/python -m tests.tools.chapters $(CHAPTERS)

format: $(TESTS) ## put code and notebooks into the one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

install: $(TESTS) ## the virtual environment .venv, which every target makes if need be

# Silent where a learner would see a progress bar or a guess: outputs are compared to the letter.
unit notebooks soak chapters: export DISTLAB_QUIET := 1

$(COURSE): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version.split()[0]; sys.exit(sys.version_info < (3, 11) and \
	  f"distlab needs Python 3.11 or newer, $(PYTHON) is {v}: name a newer one, as in make PYTHON=python3.12")'
	@echo "installing into .venv, a few minutes the first time"
	test -d .venv || $(PYTHON) -m venv .venv
	$(PIP) -e .
	@touch $@

$(TESTS): $(COURSE)
	@echo "adding to .venv what only the tests need"
	$(PIP) -e ".[test]"
	@touch $@

$(BENCH): $(TESTS)
	$(PIP) -e ".[bench]"
	@touch $@

# The newest of everything in an environment of its own, frozen: names and versions, no addresses.
constraints: ## write constraints.txt anew, from the newest release of everything
	rm -rf build/constraints
	$(PYTHON) -m venv build/constraints
	build/constraints/bin/python -m pip install --quiet ".[test,bench]"
	{ echo "# What the tests ran with, all of it. Written by \`make constraints\`; lower bounds are in pyproject.toml."; \
	  build/constraints/bin/python -m pip freeze --exclude distlab; } > constraints.txt
	rm -rf build/constraints

clean: ## remove caches and what tests left; rm -rf .venv removes the rest
	rm -rf build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache tests/browser/artifacts
	find chapters distlab tests -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +
