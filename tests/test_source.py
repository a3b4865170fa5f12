"""The listing in the book is the code that runs."""

import inspect

import pytest

from softmaxbook import functional
from softmaxbook.functional import softmax
from softmaxbook.source import Source


def test_markdown_is_the_code_that_runs():
    markdown = Source(softmax)._repr_markdown_()
    assert markdown.startswith("```python\ndef softmax(Z):\n")
    assert markdown.endswith("\n```")
    assert inspect.getsource(softmax).rstrip() in markdown
    listing = markdown.removeprefix("```python\n").removesuffix("\n```")
    space = {"check_logits": functional.check_logits, "np": functional.np}
    exec(listing, space)
    assert (space["softmax"]([1, 2, 6]) == softmax([1, 2, 6])).all()


def test_plain_text_is_the_same_listing():
    source = Source(softmax)
    assert source._repr_markdown_() == f"```python\n{source!r}\n```"


def test_methods_and_inner_functions_are_dedented():
    def inner():
        return 1

    assert repr(Source(inner)) == "def inner():\n    return 1"
    assert repr(Source(Source.__repr__)).startswith("def __repr__(self):\n  ")


def test_classes_and_modules_have_listings():
    assert repr(Source(Source)).startswith("class Source:\n")
    assert repr(Source(functional)).startswith('"""The functions of softmax')


@pytest.mark.parametrize("thing", [len, int, 3, "softmax", None])
def test_what_has_no_source_is_refused(thing):
    with pytest.raises(TypeError, match="thing must be a Python function"):
        Source(thing)
