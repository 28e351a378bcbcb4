# Everything needs only python3 (3.11 or newer) with venv, and make.
PY    ?= python3
PORT  ?= 8000
VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.stamp
NODE  := tests/node_modules/.stamp

.DEFAULT_GOAL := help
.PHONY: help demo review test check format lock bench bench-site bench-engine soak clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

# uv itself comes from the lock file, hash and all; it then installs the rest in seconds.
$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PY) -c 'import sys; sys.exit("Gatepost needs Python 3.11 or newer, and this is %s. Try: make PY=python3.11" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PY) -m venv $(VENV) || { echo "python3 has no venv here. On Debian or Ubuntu: sudo apt-get install python3-venv"; rm -rf $(VENV); exit 1; }
	@echo "Setting up $(VENV) (once) ..."
	@awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements.lock > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes --no-deps -r $(VENV)/uv.txt
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip sync --quiet --require-hashes requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Tools of the tests that are written in JavaScript; Node.js itself is one of the Python packages above.
$(NODE): tests/package-lock.json $(STAMP)
	@echo "Setting up tests/node_modules (once) ..."
	@cd tests && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent
	@touch $@

demo: $(STAMP) ## build the example site and run all of Gatepost on http://127.0.0.1:8000 (another: make demo PORT=8001)
	@$(BIN)/gatepost demo --port $(PORT)

review: $(STAMP) ## show the demo's leads in Datasette
	@$(BIN)/gatepost review --data .gatepost/demo

# Two at a time, whatever the machine has: more would only share the same browser audits and ports' worth of processor.
# A file's tests stay together, since they share what their fixtures build.
test: check $(NODE) ## format, lint, types, and every test, the browser's too
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(STAMP) ## format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(STAMP) ## resolve the dependencies again
	$(BIN)/uv pip compile --quiet pyproject.toml --universal --generate-hashes --no-emit-index-url --all-extras --group dev \
		--custom-compile-command "make lock" --output-file requirements.lock

bench: $(STAMP) ## measure (tests/bench)
	$(BIN)/python -m tests.bench

bench-site: $(STAMP) ## compare builds with MkDocs, Hugo, Eleventy, Astro and Zensical (about half an hour)
	@$(BIN)/python -m tests.bench.site

bench-engine: $(STAMP) ## measure intake, queue and sending against their targets (about half an hour)
	@$(BIN)/python -m tests.bench.engine

soak: $(STAMP) ## prove the promises by force: kills, frozen workers, full disks (about an hour; as root)
	@$(BIN)/python -m tests.soak

clean: ## remove what was built, but no leads
	rm -rf $(VENV) tests/node_modules public .mypy_cache .ruff_cache .pytest_cache
