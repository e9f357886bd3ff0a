# 创培 Chuangpei. `make run` needs nothing but Python 3.11; `make help` lists the commands.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PORT ?= 8000
BUS ?= postgres
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)

BIN := .venv/bin
RUN_READY := .venv/.run-ready
DEV_READY := .venv/.dev-ready
PACKAGES := $(wildcard shared/pyproject.toml services/*/pyproject.toml deploy/*/pyproject.toml)
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet

.PHONY: help run demo token check test bench docs clean

help: ## these commands
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 14

run: $(RUN_READY) ## serve everything on http://127.0.0.1:8000 (PORT=); the first start plays the story
	@exec $(BIN)/python -m chuangpei_embedded run --port $(PORT)

demo: $(RUN_READY) ## play the story on a fresh platform, then end (BUS=kafka: separate processes over Kafka)
	@exec $(BIN)/python -m chuangpei_embedded demo --bus $(BUS)

token: $(RUN_READY) ## a development token: ROLE= DISTRICT= CREDIT_CODE= ID_NUMBER= NAME= SUBJECT=
	@exec $(BIN)/python -m chuangpei_embedded token $(or $(ROLE),$(error which ROLE? such as ROLE=district_officer DISTRICT=310115)) $(DISTRICT) \
		$(if $(CREDIT_CODE),--credit-code '$(CREDIT_CODE)') $(if $(ID_NUMBER),--id-number '$(ID_NUMBER)') \
		$(if $(NAME),--name '$(NAME)') $(if $(SUBJECT),--subject '$(SUBJECT)')

check: $(DEV_READY) ## lint, types, import rules, migrations, event contracts, policy trace
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy docs/event_contracts.py docs/policy_trace.py bench
	$(BIN)/lint-imports
	$(BIN)/python -m chuangpei_embedded.check_migrations
	$(BIN)/python docs/event_contracts.py --check
	$(BIN)/python docs/policy_trace.py --check

test: check ## all checks, then every test
	$(BIN)/python -m pytest

bench: $(DEV_READY) ## measure; writes bench/results.json
	$(BIN)/python -m bench

docs: $(DEV_READY) ## write the pages that are made from the code
	$(BIN)/python docs/event_contracts.py
	$(BIN)/python docs/policy_trace.py

clean: ## remove the virtual environment and the embedded run's data
	rm -rf .venv .data

# The stamps are newer than what they were made from, so that a second start installs nothing.
$(RUN_READY): requirements.lock requirements-local.txt $(PACKAGES) | $(BIN)/pip
	@echo '安装锁定的依赖，仅首次或变更后 · Installing the locked packages, the first time and after changes only'
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -r requirements-local.txt
	@touch $@

$(DEV_READY): requirements-dev.lock $(RUN_READY)
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(BIN)/pip:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo '需要 Python 3.11 或更新版本 · Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ...' >&2; exit 1; }
	@"$(PYTHON)" -m venv .venv
