"""The device of the notebooks: one choice, and a variable that overrules it."""

import subprocess
import sys

import pytest

import softmaxbook
from softmaxbook.hardware import VARIABLE

torch = pytest.importorskip("torch")


@pytest.fixture
def accelerator(monkeypatch):
    """Set which accelerator PyTorch finds."""
    def find(found):
        monkeypatch.setattr(torch.accelerator, "current_accelerator",
                            lambda check_available: check_available and found)
    monkeypatch.delenv(VARIABLE, raising=False)
    return find


@pytest.mark.parametrize("kind", ["cuda", "mps", "xpu"])
def test_an_accelerator_is_taken_where_there_is_one(accelerator, kind):
    accelerator(torch.device(kind))
    assert softmaxbook.device() == torch.device(kind)


def test_else_the_processor(accelerator):
    accelerator(None)
    assert softmaxbook.device() == torch.device("cpu")


@pytest.mark.parametrize("empty", [True, False])
def test_the_variable_overrules_unless_it_is_empty(
        accelerator, monkeypatch, empty):
    accelerator(torch.device("mps"))
    monkeypatch.setenv(VARIABLE, "" if empty else "cpu")
    assert softmaxbook.device() == torch.device("mps" if empty else "cpu")


@pytest.mark.parametrize("name", [
    "gpu", "CPU", " cpu", "cuda:99", "meta", "hip", "xpu", "privateuseone"])
def test_a_device_that_is_not_there_is_named(monkeypatch, name):
    monkeypatch.setenv(VARIABLE, name)
    with pytest.raises(ValueError, match=f"{VARIABLE}.*got '{name}'"):
        softmaxbook.device()


def test_the_package_does_not_import_torch():
    program = "import softmaxbook, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
