# Each target does all its own set-up; stamps keep the second time quick. The README explains the targets.
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell $(name) -c 'import sys; print("$(name)" if (3, 11) <= sys.version_info < (3, 14) else "")' 2>/dev/null)))
BIN := .venv/bin
UV = $(BIN)/uv pip
# uv does not read pip's configuration: hand it the index that pip was told to use.
INDEX = UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$($(BIN)/pip config list | sed -n "s/^\(:env:\|global\|site\|user\|install\).index-url='\(.*\)'$$/\2/p" | head -n 1)}"; \
	if [ -n "$$UV_DEFAULT_INDEX" ]; then export UV_DEFAULT_INDEX; else unset UV_DEFAULT_INDEX; fi
# The lock is a constraint, hashes included: each environment takes from it the extras that it needs, each build its tools.
INSTALL = install --quiet --compile-bytecode --constraint requirements.lock --build-constraint requirements.lock --editable

# Certificates as the system has them, like pip.
export UV_SYSTEM_CERTS ?= 1
export UV_PYTHON_DOWNLOADS = never
# Without byte-code every start would compile the libraries again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup report test notebooks lab bench lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

setup: .venv/.ready ## make .venv with everything that the lock names

report: .venv/.drawing ## write out/report.html, out/tables and out/charts for the five plans
	$(BIN)/policycompare report

test: .venv/.drawing ## everything that must hold: style, types, tests, notebooks, the report
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist loadfile
	$(BIN)/pytest -n 2 --dist loadfile --nbval --nbval-current-env notebooks
	$(BIN)/policycompare report

notebooks: .venv/.ready ## run the notebooks again and store their outputs
	$(BIN)/policycompare store notebooks/*.ipynb

lab: .venv-lab/.ready ## open the notebooks in JupyterLab
	.venv-lab/bin/jupyter lab notebooks

bench: .venv-bench/.ready ## how long things take, beside other libraries
	.venv-bench/bin/pytest -q -s tests/benchmarks

lock: .venv/.ready ## bring requirements.lock up to date
	@$(INDEX); $(UV) compile pyproject.toml --quiet --universal --all-extras --upgrade --generate-hashes --no-header --no-annotate --no-emit-index-url --output-file requirements.lock

clean: ## remove what the other targets made
	rm -rf .venv .venv-lab .venv-bench out .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/.ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "policycompare needs Python 3.11, 3.12 or 3.13; found none on PATH. On Debian: apt-get install python3 python3-venv" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments. On Debian: apt-get install python3-venv" >&2; exit 2; }
	rm -rf .venv
	$(PYTHON) -m venv .venv
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .venv/uv.txt
	@$(INDEX); set -x; VIRTUAL_ENV=.venv $(UV) $(INSTALL) '.[build,test]'
	@touch $@

# A browser for images; the font is in the package.
.venv/.drawing: .venv/.ready policycompare/drawing/browser.py
	$(BIN)/python -m policycompare.drawing.browser
	@touch $@

# JupyterLab stays apart: with it in .venv every kernel would start 2.3 s later; and so do the libraries that only benchmarks ask for.
.venv-lab/.ready .venv-bench/.ready: .venv-%/.ready: .venv/.ready
	rm -rf .venv-$*
	$(PYTHON) -m venv --without-pip .venv-$*
	@$(INDEX); set -x; VIRTUAL_ENV=.venv-$* $(UV) $(INSTALL) '.[$*]'
	@touch $@
