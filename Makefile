# make demo        the whole system with a live synthetic ward; Ctrl-C stops it
# make demo CHECK=1 [DATA=folder] [PATIENTS=300]   the same, judged, without staying up
# make test        everything; make test-fast: seconds, no browser, no Airflow, no server

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PATIENTS ?= 300
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-fast check lock clean bench-peers interop-peers

demo: $(VENV)/.runtime
	@$(BIN)/wardtwin demo --patients $(PATIENTS) $(if $(CHECK),--check) $(if $(DATA),--data "$(DATA)")

test: check
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test-fast: check
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not slow and not airflow and not chromium and not postgres"

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-annotate -q pyproject.toml -o requirements/runtime.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-annotate -q --group dev -c requirements/runtime.txt -o requirements/dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-annotate -q --group bench -o requirements/bench.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-annotate -q --group interop -o requirements/interop.txt \
	    --no-emit-package nvidia-nccl-cu12 --no-emit-package nvidia-nccl-cu13

# What `wardtwin bench ingest` compares with, in an environment of its own.
bench-peers: requirements/bench.txt
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt

# What reads an export in the tests: MEDS, meds-tab (which wants an older polars), ACES, FHIR.
# Without dependencies: the lock has them all but those that only a GPU needs.
interop-peers: requirements/interop.txt
	test -x .venv-interop/bin/python || $(PYTHON) -m venv .venv-interop
	.venv-interop/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/interop.txt

clean:
	rm -rf var

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
