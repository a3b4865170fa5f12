# Two commands do everything, set-up included:  make book   and   make test.
# Nothing is installed outside the environment $(VENV).
#
# tasks.py has the commands, for people without make too; here are their names.

PYTHON ?= python3
VENV := .venv
PORT ?=
NOTEBOOKS ?=
DATA ?=
NEWEST ?=
COURSE :=
ASSIGNMENT :=
SUBMISSIONS :=
OUT :=
OPTIONS :=
VARIABLES := VENV PORT NOTEBOOKS DATA NEWEST COURSE ASSIGNMENT SUBMISSIONS OUT OPTIONS
COMMANDS := help book test check unit portable sphinx newest links resolve serve \
	pdf epub offer lab run data handout grade lint pins clean

# By the environment they reach the shell as they are, whatever is in them.
export $(VARIABLES)
GIVEN = $(foreach name,$(VARIABLES),$(if $($(name)),$(name)="$$$(name)"))

.DEFAULT_GOAL := help
.PHONY: $(COMMANDS)

$(COMMANDS):
	@$(PYTHON) tasks.py $@ $(GIVEN)
