"""The workflows: what can be known of them without running them."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from library import library_tests
from packaging.specifiers import SpecifierSet
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SUPPORTED = SpecifierSet(PROJECT["requires-python"])
OLDEST = PROJECT["requires-python"].removeprefix(">=").rpartition(".")[0]
# The majors that run on Node 24, or newer; read in the actions' repositories.
LOWEST_MAJORS = {
    "actions/cache": 5,
    "actions/checkout": 5,
    "actions/deploy-pages": 5,
    "actions/setup-python": 6,
    "actions/upload-artifact": 6,
    "actions/upload-pages-artifact": 5,
}
each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def read(path):
    return yaml.safe_load(path.read_text("utf-8"))


def workflow(name):
    content = read(ROOT / ".github" / "workflows" / f"{name}.yml")
    return content, content[True]  # YAML reads the key "on" as a truth value


def steps(content):
    return [step for job in content["jobs"].values() for step in job["steps"]]


def commands(content):
    """The lines that a workflow hands to a shell."""
    return [
        line.strip()
        for step in steps(content)
        for line in step.get("run", "").splitlines()
    ]


def pythons(content):
    """The versions of Python that a workflow asks for."""
    asked = [s["with"]["python-version"] for s in steps(content) if "python-version" in
             s.get("with", {})]  # fmt: skip
    for job in content["jobs"].values():
        asked += job.get("strategy", {}).get("matrix", {}).get("python", [])
    return [version for version in asked if version != "${{ matrix.python }}"]


# ---- of all workflows


@each_workflow
def test_jobs_are_complete(path):
    content = read(path)
    assert content["name"] == path.stem and content[True]
    assert content["permissions"]
    for name, job in content["jobs"].items():
        assert re.fullmatch(r"(ubuntu|macos|windows)-latest", job["runs-on"]), name
        assert 5 <= job["timeout-minutes"] <= 60, name
        for step in job["steps"]:
            assert ("run" in step) != ("uses" in step), (name, step)


@each_workflow
def test_actions_are_of_a_current_major_and_the_same_everywhere(path):
    every = [s["uses"] for p in WORKFLOWS for s in steps(read(p)) if "uses" in s]
    majors = dict(use.split("@v") for use in every)
    for step in steps(read(path)):
        if "uses" in step:
            name, major = step["uses"].split("@v")
            assert int(major) >= LOWEST_MAJORS[name], step["uses"]
            assert majors[name] == major, f"{name}: two versions"


@each_workflow
def test_commands_name_what_exists(path):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.search(r"^\.PHONY: (.*)", makefile, re.MULTILINE)[1].split()
    named = 0
    for line in commands(read(path)):
        for target in re.findall(r"\bmake (\w+)", line):
            assert target in targets, line
            named += 1
        for file in re.findall(r"(?<![\w./\\-])[\w./\\-]+\.(?:py|ipynb|txt)\b", line):
            assert (ROOT / file.replace("\\", "/")).is_file(), line
            named += 1
    assert named


@each_workflow
def test_every_python_is_supported(path):
    asked = pythons(read(path))
    assert asked
    for version in asked:
        assert isinstance(version, str), f"{version}: YAML reads 3.10 as 3.1"
        assert SUPPORTED.contains(f"{version}.99"), version


def test_every_workflow_is_explained():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for path in WORKFLOWS:
        assert f"\n| `{path.name}` |" in text, path.name


# ---- of each


def test_nothing_is_published_unless_the_tests_of_that_commit_passed():
    content, triggers = workflow("publish")
    assert list(triggers) == ["workflow_run"]
    assert triggers["workflow_run"] == {
        "workflows": [workflow("test")[0]["name"]],
        "types": ["completed"],
        "branches": ["main"],
    }
    (job,) = content["jobs"].values()
    condition = job["if"].split(" && ")
    assert "github.event.workflow_run.conclusion == 'success'" in condition
    assert job["env"]["COMMIT"] == "${{ github.event.workflow_run.head_sha }}"
    checkout = job["steps"][0]
    assert checkout["uses"].startswith("actions/checkout@")
    assert checkout["with"]["ref"] == "${{ env.COMMIT }}"


def test_the_tests_require_their_data_and_run_on_the_oldest_python():
    content, triggers = workflow("test")
    assert content["env"]["REQUIRE_DATA"] == "1"
    assert content["env"]["REQUIRE_BROWSER"] == "1"
    assert {"push", "pull_request", "schedule"} <= set(triggers)
    runs = [step["run"] for step in content["jobs"]["test"]["steps"] if "run" in step]
    assert "REQUIRE_SANDBOX=1" in runs[0] and "REQUIRE_NU=1" in runs[1]
    assert runs[2:] == ["make test"]
    assert OLDEST == min(pythons(content), key=Version)


def test_the_site_of_a_pull_request_can_be_downloaded():
    content, _ = workflow("test")
    step = content["jobs"]["test"]["steps"][-1]
    assert step["uses"].startswith("actions/upload-artifact@")
    assert step["with"]["path"] == "_build/html"
    (version,) = re.findall(r"matrix\.python == '([\d.]+)'", step["if"])
    assert version in pythons(content) and "'pull_request'" in step["if"]


def test_each_week_the_surroundings_are_looked_at():
    content, triggers = workflow("weekly")
    assert {"schedule", "workflow_dispatch"} == set(triggers)
    last = {name: job["steps"][-1]["run"] for name, job in content["jobs"].items()}
    assert last["portable"] == "make portable"
    assert last["floors"] == "python tests/floors.py"
    assert last["sphinx"] == "make newest"
    assert last["links"] == "make links"
    assert last["macos"] == "make test"
    assert "--nbval" in last["windows"]
    assert content["jobs"]["windows"]["runs-on"].startswith("windows")
    assert content["jobs"]["macos"]["runs-on"].startswith("macos")
    floors = content["jobs"]["floors"]["steps"]
    assert {"python-version": OLDEST} in [step.get("with") for step in floors]


def test_new_versions_are_proposed_but_not_those_that_jupyter_book_forbids():
    content = read(ROOT / ".github" / "dependabot.yml")
    updates = {entry["package-ecosystem"]: entry for entry in content["updates"]}
    assert set(updates) == {"github-actions", "pip"}
    ignored = {rule["dependency-name"] for rule in updates["pip"]["ignore"]}
    pins = re.findall(
        r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE
    )
    assert ignored <= set(pins)
    book = PROJECT["optional-dependencies"]["book"]
    held = {entry.partition("==")[0] for entry in book if "==" in entry}
    assert held | {"sphinx", "docutils", "myst-parser"} <= ignored


def test_the_library_has_its_tests():
    names = {path.name for path in library_tests()}
    assert {
        "test_functional.py",
        "test_device.py",
        "test_softmax_regression.py",
    } <= names
    assert not names & {"test_site.py", "test_notebooks.py", "test_setup.py"}


def test_binder_has_a_supported_python_and_the_pinned_versions():
    runtime = (ROOT / ".binder" / "runtime.txt").read_text("utf-8").strip()
    assert SUPPORTED.contains(f"{runtime.removeprefix('python-')}.99")
    assert "-r ../requirements.txt" in (
        (ROOT / ".binder" / "requirements.txt").read_text("utf-8").splitlines()
    )
