# Two commands do everything, set-up included:  make book   and   make test.
# Nothing is installed outside the environment $(VENV).

PYTHON ?= python3
OLDEST = $(shell sed -n 's/^requires-python = ">=\(.*\)"/\1/p' pyproject.toml)
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
SITE := _build/html
PORT ?= 8000
NOTEBOOKS ?=
DATA ?=
NEWEST ?=
COURSE :=
ASSIGNMENT :=
SUBMISSIONS :=
OUT :=
OPTIONS :=
EMPTY :=
SPACE := $(EMPTY) $(EMPTY)
NOT_THE_LIBRARY := browser assignments test_site.py test_icon_subset.py test_build.py test_claims.py test_plain_sphinx.py
# A kernel starts in its notebook's folder, so a path must be absolute there.
WITH_DATA = SOFTMAXBOOK_DATA="$$($(PY) -m softmaxbook.data --where)"

.DEFAULT_GOAL := help
.PHONY: help book test check unit portable sphinx newest links serve lab run data handout grade lint pins clean

help: ## list the commands
	@echo "Usage: make TARGET"
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-8s  %s\n", $$1, $$2}' $(MAKEFILE_LIST)

book: $(VENV)/.book ## build what changed of the site and say where to open it (no torch, no data)
	@$(PY) book/_tools/build_site.py
	@echo "The book is built. Open $(SITE)/index.html"

test: $(VENV)/.all ## recompute every number of the book and check the site
	@$(VENV)/bin/ruff check --quiet .
	@rm -rf _build
	@$(MAKE) --no-print-directory book
	@$(PY) tests/run.py

serve: book ## build the site and serve it on this machine (PORT=8000)
	@echo "Serving at http://localhost:$(PORT)/ (stop with Ctrl-C)"
	@$(PY) -m http.server $(PORT) --bind 127.0.0.1 --directory $(SITE)

lab: $(VENV)/.lab ## open the notebooks in JupyterLab
	@$(PY) -m softmaxbook.data fashion_mnist
	@$(PY) book/_tools/lab_notebooks.py
	@$(WITH_DATA) $(VENV)/bin/jupyter lab notebooks

check: $(VENV)/.all ## check NOTEBOOKS="a.ipynb b.ipynb": style, form, numbers in the prose, pages, outputs
	@$(if $(NOTEBOOKS),,echo 'Name what to check: make check NOTEBOOKS=chapters/02_softmax_model.ipynb'; exit 2)
	@$(VENV)/bin/ruff check --quiet $(NOTEBOOKS)
	@$(PY) book/_tools/build_site.py
	@$(PY) tests/run.py $(NOTEBOOKS)

unit: $(VENV)/.all ## test the library alone
	@$(PY) -m pytest -q -n auto --dist load $(NOT_THE_LIBRARY:%=--ignore=tests/%) tests

portable: $(VENV)/.all ## compare all notebooks, or NOTEBOOKS, on kernels without AVX-512
	@$(PY) tests/run.py --portable $(NOTEBOOKS)

sphinx: $(VENV)/.all book ## build the site without Jupyter Book, and compare its text
	@$(PY) book/_tools/plain_sphinx.py
	@BOOK_SITE=_build/sphinx/html $(PY) -m pytest -q tests/test_site.py tests/test_icon_subset.py

newest: $(VENV)/.all book ## the same with the newest Sphinx and theme (NEWEST=python3.13)
	@$(PY) book/_tools/plain_sphinx.py --newest $(NEWEST)
	@BOOK_SITE=_build/newest/html $(PY) -m pytest -q tests/test_site.py tests/test_icon_subset.py

links: $(VENV)/.book ## ask every site that the book links to whether the page is there
	@$(PY) book/_tools/check_links.py

run: $(VENV)/.all ## run all notebooks, or NOTEBOOKS="a.ipynb b.ipynb", and store their outputs
	@$(PY) book/_tools/run_notebooks.py $(NOTEBOOKS)

data: $(VENV)/.book ## fetch the data sets, with progress (DATA="fashion_mnist mnist cifar10")
	@$(PY) -m softmaxbook.data $(DATA)

handout: $(VENV)/.all ## make the student versions of the assignments (COURSE="key" OUT="folder")
	@$(PY) -m softmaxgrader student $(if $(COURSE),--course "$(COURSE)") $(if $(OUT),--target "$(OUT)")

grade: $(VENV)/.all ## grade a folder or zip file (ASSIGNMENT=1_softmax SUBMISSIONS="folder" OUT="folder" COURSE="key")
	@$(if $(and $(ASSIGNMENT),$(SUBMISSIONS),$(OUT)),,echo 'Name all three: make grade ASSIGNMENT=1_softmax SUBMISSIONS="folder" OUT="folder"'; exit 2)
	@$(PY) -m softmaxgrader grade "$(ASSIGNMENT)" "$(SUBMISSIONS)" "$(OUT)" $(if $(COURSE),--course "$(COURSE)") $(OPTIONS)

lint: $(VENV)/.all ## check the style of code and notebooks, and the words
	@$(VENV)/bin/ruff check .
	@$(PY) -m pytest -q tests/test_words.py

pins: $(VENV)/.all ## write the versions of this environment to requirements.txt
	@$(PY) book/_tools/pins.py

clean: ## remove what was built; the environment and the data stay
	rm -rf _build .pytest_cache .ruff_cache .hypothesis code/*.egg-info

$(PY):
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < tuple(map(int, "$(OLDEST)".split("."))) and "Python $(OLDEST) or newer is needed, this is %d.%d.%d. Name another one: make PYTHON=python3.12" % v[:3])'
	@echo "Creating the environment $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Could not create $(VENV). On Debian and Ubuntu: apt install python3-venv"; exit 1; }

# pip takes no editable line as a constraint
$(VENV)/constraints.txt: requirements.txt | $(PY)
	@grep -v '^-e' requirements.txt > $@

$(VENV)/.book: pyproject.toml $(VENV)/constraints.txt
	@echo "Installing the book's tools ..."
	@$(PIP) --constraint $(VENV)/constraints.txt --editable '.[book]'
	@touch $@

$(VENV)/.lab: pyproject.toml $(VENV)/constraints.txt
	@echo "Installing what the notebooks need, PyTorch included ..."
	@$(PIP) --constraint $(VENV)/constraints.txt --editable '.[lab]'
	@touch $@

$(VENV)/.all: pyproject.toml $(VENV)/constraints.txt
	@echo "Installing everything, PyTorch included ..."
	@$(PIP) --constraint $(VENV)/constraints.txt --editable '.[all]'
	@touch $(VENV)/.book $(VENV)/.lab $@
