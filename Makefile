# `make help` lists what there is to do. Needed: python3 (3.11 or newer), pip, make.

PYTHON ?= python3
LAB_ARGS ?=
# JupyterLab wants to be told that running as root (in a container, say) is meant.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
PYTEST_ARGS ?=

BIN := .venv/bin
STAMP := .venv/.stamp
TENSORFLOW := .venv/.stamp-tensorflow
DASK := .venv/.stamp-dask
IPYTHON_CONFIG := .venv/etc/ipython/ipython_config.py
LAB_SETTINGS := .venv/share/jupyter/lab/settings/overrides.json
# Tests of one file share what is slow to make, so they stay in one process.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist loadfile
BENCH := .venv/bench
READY := $(STAMP) $(IPYTHON_CONFIG) $(LAB_SETTINGS)

# nbgrader starts `alembic`, and JupyterLab `nbgrader`, from PATH.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# One thread for each process: two torches with two threads each wait for each other.
test test-all demo bench build: export OMP_NUM_THREADS ?= 1
# Where another course or project keeps its open tabs is not our business, nor ours theirs.
export JUPYTERLAB_WORKSPACES_DIR ?= $(CURDIR)/.venv/share/jupyter/lab/workspaces

# In a learner's JupyterLab, nbgrader shows what learners use: the list of assignments.
lab: export JUPYTER_CONFIG_PATH := $(CURDIR)/etc/jupyter/learner$(addprefix :,$(JUPYTER_CONFIG_PATH))

.DEFAULT_GOAL := help
.PHONY: help setup tensorflow dask lab teach test test-all demo bench gpu-check build reference lint lock clean

help:  ## this list
	@awk -F ':.*  ## ' '/^[a-z-]+:.*  ## / {printf "%-11s %s\n", $$1, $$2}' Makefile

setup: $(READY)  ## the environment in .venv, as requirements.lock pins it

tensorflow: $(READY) $(TENSORFLOW)  ## TensorFlow into .venv, for lesson 16: half a gigabyte, once

dask: $(READY) $(DASK)  ## dask.distributed into .venv, for `autograder grade --scheduler`

lab: $(READY)  ## JupyterLab, opened at the map of the course (LAB_ARGS="--no-browser --port 8899")
	@echo "Starting JupyterLab: a minute or more on a busy machine. Ctrl-C ends it."
	@mkdir -p exchange
	@$(BIN)/autograder work || true
	@$(BIN)/jupyter lab --log-level=WARN --LabApp.default_url=/lab/tree/work/start.ipynb \
	  $(AS_ROOT) $(LAB_ARGS)

teach: $(READY)  ## JupyterLab for instructors, with nbgrader's Formgrader, Create Assignment and Validate
	mkdir -p exchange
	$(BIN)/jupyter lab $(AS_ROOT) $(LAB_ARGS)

test test-all: export DESCENT_PREPARE ?= 0
# `test` looks with one seed at what `test-all` looks at with three.
test-all: export DESCENT_EVERY_SEED = 1
test: $(READY)  ## all tests, the solution notebooks, a class graded (PYTEST_ARGS="-k optimizers")
	$(PYTEST) $(PYTEST_ARGS)
	$(PYTEST) -p no:cacheprovider --nbval --nbval-cell-timeout 300 solutions
	$(BIN)/python -m pytest -m browser tests/browser
	$(BIN)/autograder demo

test-all: test $(TENSORFLOW) $(DASK)  ## test, the whole audit with mutants, slow tests, a class with every mistake
	$(PYTEST) -k "tensorflow or dask"
	$(PYTEST) -p no:cacheprovider --nbval --nbval-cell-timeout 300 solutions/16_tensorflow
	$(BIN)/autograder audit
	$(BIN)/autograder audit --mutate
	$(BIN)/python -m pytest -m slow || test $$? -eq 5
	$(BIN)/autograder demo --every-mistake

demo: $(READY)  ## a class, graded in a temporary folder, every score checked
	$(BIN)/autograder demo

bench: export PYTHONPATH := $(CURDIR)/$(BENCH)
bench: $(READY) $(BENCH)/.stamp  ## checks, gradings, a class beside nbgrader; the trainers against PyTorch and Lightning
	$(BIN)/python -m benchmarks

gpu-check: $(READY)  ## lessons 10 to 14 on CUDA: what ran, how precisely, how fast; skipped without a GPU
	$(BIN)/python -m benchmarks.gpu_check

build: $(READY)  ## both notebooks of every lesson from its source
	$(BIN)/autograder build

reference: $(STAMP)  ## docs/quick-reference.md from its source
	$(BIN)/python etc/quick_reference.py

lint: $(READY)  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock:  ## new pins in requirements.lock, from the ranges in pyproject.toml
	rm -rf .lock && $(PYTHON) -m venv .lock
	.lock/bin/pip install --quiet packaging
	.lock/bin/python etc/lock.py > .lock/requirements.lock
	mv .lock/requirements.lock requirements.lock
	.lock/bin/python etc/lock.py bench > .lock/bench.lock
	mv .lock/bench.lock benchmarks/requirements.lock
	.lock/bin/python etc/lock.py tensorflow > .lock/requirements-tensorflow.lock
	mv .lock/requirements-tensorflow.lock requirements-tensorflow.lock
	.lock/bin/python etc/lock.py dask > .lock/requirements-dask.lock
	mv .lock/requirements-dask.lock requirements-dask.lock
	rm -rf .lock

clean:  ## the environment and the caches; never what was written, handed in or graded
	rm -rf .venv .lock build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -path ./work -prune -o -name __pycache__ -prune -exec rm -rf {} +
	find . -path ./work -prune -o -name .ipynb_checkpoints -prune -exec rm -rf {} +

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Descent needs Python 3.11 or newer: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what requirements.lock pins: a few minutes, once."
	$(BIN)/python -m pip install -qq -r requirements.lock
	$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	touch $@

# Lightning is not the course's: it stands beside the environment, where the bench alone sees it.
# Where it cannot be had, the bench runs without it and says so.
$(BENCH)/.stamp: benchmarks/requirements.lock $(STAMP)
	@echo "Installing Lightning for the bench, once."
	rm -rf $(BENCH)
	$(BIN)/python -m pip install -qq --no-deps --target $(BENCH) -r $< && touch $@ || true

$(TENSORFLOW): requirements-tensorflow.lock $(STAMP)
	@echo "Installing TensorFlow beside it: a few minutes, once."
	$(BIN)/python -m pip install -qq -r requirements-tensorflow.lock -c requirements.lock
	touch $@

$(DASK): requirements-dask.lock $(STAMP)
	$(BIN)/python -m pip install -qq -r requirements-dask.lock -c requirements.lock
	touch $@

$(IPYTHON_CONFIG): etc/ipython/ipython_config.py $(STAMP)
	mkdir -p $(@D) && cp $< $@

$(LAB_SETTINGS): etc/jupyter/overrides.json $(STAMP)
	mkdir -p $(@D) && cp $< $@
