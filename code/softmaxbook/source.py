"""Show the library's source inside a notebook, as an output that is tested."""

import inspect
import textwrap


class Source:
    """The source of a function or class, printed as a highlighted listing.

    ``Source(softmax)`` as the last line of a cell shows the code that runs.
    The listing is an output: when code and page differ, nbval fails.
    Raises TypeError for what has no Python source, such as ``len``.
    """

    def __init__(self, thing):
        try:
            self.text = textwrap.dedent(inspect.getsource(thing)).rstrip()
        except (TypeError, OSError) as error:
            raise TypeError(
                f"thing must be a Python function, class or module with "
                f"source code, got {thing!r}"
            ) from error

    def __repr__(self):
        return self.text

    def _repr_markdown_(self):
        return f"```python\n{self.text}\n```"
