# A fresh machine needs Python 3.11 (with venv) and make; everything else is brought by these targets.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test fuzz faults check bench gen lock clean

ifndef PYTHON
PYTHON := $(shell for p in python3.11 python3; do "$$p" -c "" 2>/dev/null && echo "$$p" && break; done)
endif
BIN := .venv/bin

# Stamps are named after what they stand for, so that a second run has nothing to do: the folder,
# since an environment cannot be moved, and what was installed.
MADE := .venv/.made-$(shell pwd | cksum | tr ' ' -)
stamp = .venv/.$(1)-$(shell cat requirements/$(1).txt pyproject.toml | cksum | tr ' ' -)
RUN := $(call stamp,run)
DEV := $(call stamp,dev)

PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore $(BIN)/pip install --no-input \
	$$(test -t 1 || echo --quiet)

help:
	@echo "make run    the product with its demo company, on a database of its own"
	@echo "make test   every check and every test; one alone: make test ARGS=tests/engine"
	@echo "make fuzz   random filters and lives against plain models, for ten minutes; longer: make fuzz TIMES=500"
	@echo "make faults the tests of faults and of queues at full size; other random moments: make faults SEED=5"
	@echo "make check  lint, format, types and import rules"
	@echo "make bench  measure, and write bench/results.json"
	@echo "make gen    write docs/reference anew from the catalogues"
	@echo "make lock   write requirements/ anew; the newest versions: make lock ARGS=--upgrade"
	@echo "make clean  remove what these targets made, but no data"

run: $(RUN)
	$(BIN)/penstock demo
	exec $(BIN)/penstock serve

test: $(DEV)
	$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

fuzz: TIMES = 50
fuzz: $(DEV)
	PENSTOCK_TEST_EXAMPLES=$(TIMES) $(BIN)/pytest -n 2 -o faulthandler_timeout=0 \
		tests/filters/test_judge.py tests/engine/test_model.py

faults: ENROLLMENTS = 10000
faults: BACKFILL = 200000
faults: SEED = 3
faults: $(DEV)
	PENSTOCK_TEST_ENROLLMENTS=$(ENROLLMENTS) PENSTOCK_TEST_BACKFILL=$(BACKFILL) \
		PENSTOCK_TEST_SEED=$(SEED) $(BIN)/pytest -o faulthandler_timeout=0 \
		tests/faults tests/engine/test_cost.py

check: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV)
	$(BIN)/python -m bench $(ARGS)

gen: $(DEV)
	$(BIN)/python -m tools.reference

# The configuration of pip is left out, so that the hashes are those of the public files.
lock: export CUSTOM_COMPILE_COMMAND = make lock
lock: COMPILE = env -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u PIP_FIND_LINKS PIP_CONFIG_FILE=/dev/null \
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-options --build-deps-for editable $(ARGS)
lock: $(DEV)
	$(COMPILE) --output-file requirements/run.txt pyproject.toml
	$(COMPILE) --extra dev --constraint requirements/run.txt \
		--output-file requirements/dev.txt pyproject.toml

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis \
		.schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN): LOCK = requirements/run.txt
$(DEV): LOCK = requirements/dev.txt
$(RUN) $(DEV): | $(MADE)
	@echo "Installing $(LOCK) into .venv"
	@$(PIP) --require-hashes --only-binary :all: --requirement $(LOCK)
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(MADE):
	@"$(PYTHON)" -c "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))" 2>/dev/null || { \
		echo "Penstock needs Python 3.11 or newer with venv (Debian, Ubuntu: python3-venv)." >&2; \
		echo "Found: $$("$(PYTHON)" --version 2>&1 || echo nothing). Another one: make PYTHON=..." >&2; \
		exit 1; }
	@rm -rf .venv
	@"$(PYTHON)" -m venv .venv
	@touch $@
