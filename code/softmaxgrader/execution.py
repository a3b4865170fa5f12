"""Run an assembled notebook in a kernel, under the eyes of the guard."""

import ast
import builtins

from nbformat.v4 import new_output

from softmaxgrader.cells import grade_id_of, is_test, syntax_tree, utils
from softmaxgrader.findings import finding, stopped

CLEAR = """\
import builtins as _python
STUDENT = {student!r}
_hidden_names = {{_name: _python.globals().pop(_name)
                 for _name in {names!r} if _name in _python.globals()}}
"""
RESTORE = "_python.globals().update(_hidden_names)"


def execute(notebook, kernel, guard, student, hidden=frozenset()):
    """Run the notebook in place; return findings by grade_id, and notes.

    A finding is "passed" or says in words what failed. Tests see Python's
    own functions even where the student defined their names anew.
    """
    findings, notes = {}, []
    for i, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        name = grade_id_of(cell) or f"number {i}"
        if not kernel.alive:
            if utils.is_grade(cell):
                _show_failure(cell, "NotRun", "the kernel had ended before")
                findings[name] = "not run, the kernel had ended before"
            continue
        locked = utils.is_locked(cell)
        if locked:
            kernel.run(_before_locked(cell.source, student))
        result = kernel.run(cell.source, history=not locked)
        cell.outputs = result.outputs
        problem = stopped(result, kernel)
        if problem:
            notes.append(f"cell {name}: {problem}")
        if is_test(cell):
            findings[name] = problem or finding(cell, result, hidden)
            if result.status != "ok":
                _show_failure(cell, result.name or "Stopped", result.value)
            else:
                guard.check(cell.source)
        elif problem:
            cell.outputs.append(
                new_output("stream", name="stderr", text=problem)
            )
        if locked:
            kernel.run(RESTORE)
    return findings, notes


def _before_locked(source, student):
    """What runs before a locked cell: the id, and Python's own names."""
    used = {
        node.id
        for node in ast.walk(syntax_tree(source))
        if isinstance(node, ast.Name)
    }
    names = sorted(used & set(dir(builtins)))
    return CLEAR.format(student=student, names=names)


def _show_failure(cell, name, value):
    """See to it that a failed cell has an error among its outputs."""
    if not any(o.output_type == "error" for o in cell.outputs):
        error = new_output("error", ename=name, evalue=value, traceback=[])
        cell.outputs.append(error)
