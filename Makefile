.DEFAULT_GOAL := help
.PHONY: help app test check bench bench-train bench-decode train setup setup-dev

# PYTHON or DAWN_PYTHON names the interpreter that .venv is made from.
named := $(or $(PYTHON),$(DAWN_PYTHON))
venv := .venv/bin/python
PRESET ?= nano

# The first interpreter that is new enough, then: set-up($(1) = requirements file).
define set-up
@for python in $(or $(named),python3 python python3.13 python3.12 python3.11 python3.14); do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	exec "$$python" tools/environment.py $(1) $(if $(named),--named); \
done; \
echo "Dawn needs Python 3.11 or newer and $(or $(named),python3) is not: install one, or name it: make app PYTHON=/path/to/python3" >&2; \
exit 1
endef

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|' 2>/dev/null \
		|| grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST)

setup:
	$(call set-up,requirements.txt)

setup-dev:
	$(call set-up,requirements-dev.txt)

app: setup  ## set up once, then serve the app on http://localhost:8501 (DAWN_PORT: another port)
	@exec $(venv) -m streamlit run app.py --server.port $${DAWN_PORT:-8501}

# .ci/run asks for the status in a file: make would print a line of its own after pytest's summary.
test: setup-dev .scratch/bench/gradcam  ## run the fast tests (ALL=1: the slow ones too; ARGS: more for pytest)
	@$(venv) -m pytest $(if $(ALL),,-m "not slow") $(ARGS) $(if $(STATUS_FILE),; echo $$? >"$(STATUS_FILE)")

# What one test compares with; where it cannot be had, that test is skipped.
.scratch/bench/gradcam: | setup-dev
	-@$(venv) -m pip install -q --no-deps --target $@ -r requirements-bench-gradcam.txt

check: setup-dev  ## ruff, mypy, then the tests
	@$(venv) -m ruff check .
	@$(venv) -m ruff format --check .
	@$(venv) -m mypy
	@$(MAKE) --no-print-directory test

bench: setup-dev  ## measure the budgets in a real browser and print a table
	@$(venv) -m bench $(ARGS)

bench-train: setup-dev  ## measure the training beside others and print a table (ARGS: more options)
	@$(venv) -m bench.speed $(ARGS)

bench-decode: setup-dev  ## measure the decoding beside others and print tables (ARGS: more options)
	@$(venv) -m bench.decoding $(ARGS)

train: setup  ## train a model (PRESET=nano, tiny, base or lesson; ARGS: more options)
	@$(venv) -m trainer run --preset $(PRESET) $(ARGS)
