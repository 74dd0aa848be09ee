# The commands of docs/: each sets up by itself what it needs. PYTHON=... chooses another Python.

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python

.PHONY: run test bench check database-url demo-reset

run:
	@$(PYTHON) infrastructure/bootstrap.py run
	@$(VENV_PYTHON) -m infrastructure.supervisor

# Coverage is demanded of the whole run only: a part of it cannot have it.
test:
	@$(PYTHON) infrastructure/bootstrap.py development
	@$(if $(ARGS),,PYTEST_PLUGINS=tests.measuring) $(VENV_PYTHON) -m pytest -n auto --dist loadgroup $(ARGS)

bench:
	@$(PYTHON) infrastructure/bootstrap.py development
	@$(VENV_PYTHON) -m benchmarks.run $(ARGS)

check:
	@$(PYTHON) infrastructure/bootstrap.py development
	@$(VENV_PYTHON) -m infrastructure.check

# Prints nothing but the address, for psql "$(make -s database-url)".
database-url:
	@$(PYTHON) infrastructure/bootstrap.py run >&2
	@$(VENV_PYTHON) -m infrastructure.demo url

demo-reset:
	@$(PYTHON) infrastructure/bootstrap.py run
	@$(VENV_PYTHON) -m infrastructure.demo reset
