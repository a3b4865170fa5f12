"""The device of the notebooks: one choice, and a variable that overrules it."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import softmaxbook
from softmaxbook.hardware import VARIABLE

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def torch():
    """Imported by the worker alone that runs these tests: it takes a second."""
    return pytest.importorskip("torch")


@pytest.fixture
def accelerator(torch, monkeypatch):
    """Set which accelerator PyTorch finds."""

    def find(found):
        monkeypatch.setattr(
            torch.accelerator,
            "current_accelerator",
            lambda check_available: check_available and found,
        )

    monkeypatch.delenv(VARIABLE, raising=False)
    return find


@pytest.mark.parametrize("kind", ["cuda", "mps", "xpu"])
def test_an_accelerator_is_taken_where_there_is_one(torch, accelerator, kind):
    accelerator(torch.device(kind))
    assert softmaxbook.device() == torch.device(kind)


def test_else_the_processor(torch, accelerator):
    accelerator(None)
    assert softmaxbook.device() == torch.device("cpu")


@pytest.mark.parametrize("empty", [True, False])
def test_the_variable_overrules_unless_it_is_empty(
    torch, accelerator, monkeypatch, empty
):
    accelerator(torch.device("mps"))
    monkeypatch.setenv(VARIABLE, "" if empty else "cpu")
    assert softmaxbook.device() == torch.device("mps" if empty else "cpu")


@pytest.mark.parametrize(
    "name", ["gpu", "CPU", " cpu", "cuda:99", "meta", "hip", "xpu", "privateuseone"]
)
def test_a_device_that_is_not_there_is_named(torch, monkeypatch, name):
    monkeypatch.setenv(VARIABLE, name)
    with pytest.raises(ValueError, match=f"{VARIABLE}.*got '{name}'"):
        softmaxbook.device()


def test_the_package_does_not_import_torch():
    program = "import softmaxbook, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_notebooks_ask_the_library_and_nothing_else():
    """No notebook looks for accelerators, or names one, by itself.

    And none moves float64 there: some accelerators (mps) do not have it.
    """
    asking = set()
    for path in [*ROOT.glob("chapters/*.ipynb"), *ROOT.glob("book/*/*.ipynb")]:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                assert "is_available" not in cell.source, path.name
                assert '"cuda"' not in cell.source, path.name
                assert "float64, device=" not in cell.source, path.name
                if "softmaxbook.device()" in cell.source:
                    asking.add(path.stem)
    assert len(asking) >= 5
