# Two commands are all: `make run` and `make test`. Each target sets up .venv by itself.
.POSIX:
.SUFFIXES:

PYTHON = python3
BIN = .venv/bin

.PHONY: run test docs mermaid dbml fuzz bench clean

run: .venv/ready
	@$(BIN)/python scripts/run.py

test: .venv/ready
	@echo "lint, import contracts, types and 8,000 tests, many of them on PostgreSQL:"
	@echo "five to eight minutes on two processors; .venv/bin/pytest -k NAME runs some"
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@# Types beside all else, since mypy takes one processor alone. Many processes of the tests import
	@# the package, also where Python is told to write no caches.
	$(BIN)/mypy > .venv/mypy.txt & mypy=$$!; failed=0; \
		$(BIN)/lint-imports --no-cache --no-logo \
		&& $(BIN)/python -m compileall -q generator tests/support \
		&& $(BIN)/pytest -n auto --dist worksteal || failed=$$?; \
		wait $$mypy || failed=$$?; \
		cat .venv/mypy.txt; \
		exit $$failed

# The site, into build/docs. A broken link, or anything else that Sphinx warns of, is an error.
docs: .venv/docs
	$(BIN)/sphinx-build --fail-on-warning --nitpicky --keep-going --quiet \
		--builder html --doctree-dir build/doctrees docs build/docs
	@echo "see build/docs/index.html"

# Mermaid's own parser, for the tests that ask it; they are skipped without.
mermaid:
	npm install --prefix tests/support/mermaid --no-package-lock --no-audit --no-fund

# DBML's own parser, likewise.
dbml:
	npm install --prefix tests/support/dbml --no-package-lock --no-audit --no-fund

# All tests with random examples, of which `make test` takes some that are the same each time: more
# (1000 with GEN_MIGRATION_EXAMPLES=1000), and others that no run has tried before; and all golden
# changes, of which `make test` takes some as well, with a crash at every statement.
fuzz: .venv/ready
	GEN_MIGRATION_SEED=$${GEN_MIGRATION_SEED:-$$(date +%s)} GEN_MIGRATION_CRASHES=1 \
		GEN_MIGRATION_EXAMPLES=$${GEN_MIGRATION_EXAMPLES:-100} \
		GEN_MIGRATION_CHAINS=$${GEN_MIGRATION_CHAINS:-4} \
		$(BIN)/pytest -n auto --dist worksteal -m "hypothesis or fuzz"

bench: .venv/ready
	$(BIN)/python benchmarks/first_revision.py
	$(BIN)/python benchmarks/next_revision.py
	$(BIN)/python benchmarks/beside_drizzle.py
	$(BIN)/python benchmarks/read_catalog.py
	$(BIN)/python benchmarks/growth.py
	$(BIN)/python benchmarks/objects.py
	$(BIN)/python benchmarks/under_load.py

.venv/ready: pyproject.toml
	@echo "setting up .venv, once: Python's packages, and a PostgreSQL among them"
	@echo "(a minute or less, where the network is quick)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	@# Setuptools warns of every editable installation, which says nothing to a newcomer.
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --editable ".[postgres]" --group test
	@touch $@

.venv/docs: .venv/ready
	@$(BIN)/python -m pip install --quiet --group docs
	@touch $@

clean:
	rm -rf .venv build dist
