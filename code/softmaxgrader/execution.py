"""Run an assembled notebook in a kernel, under the eyes of the guard."""

import ast
import builtins

from nbformat.v4 import new_output

from softmaxgrader.cells import grade_id_of, is_test, syntax_tree, utils
from softmaxgrader.errors import DataMissing
from softmaxgrader.findings import finding, remark, stopped

CLEAR = """\
import builtins as _python
STUDENT = {student!r}
_hidden_names = {{_name: _python.globals().pop(_name)
                 for _name in {names!r} if _name in _python.globals()}}
"""
RESTORE = "_python.globals().update(_hidden_names)"
UNCHECKED = "the kernel ended before it was known whether the checks work"


class Execution:
    """Runs the code cells of a notebook, in place and in their order.

    given: sources that were handed out; hidden: lines that may not be shown.
    Results: findings by grade_id, each "passed" or in words what failed, and
    notes. Tests see Python's own functions even where the student defined
    their names anew. Raises DataMissing, and what the guard raises.
    """

    def __init__(self, kernel, guard, student, given=(), hidden=frozenset()):
        self.kernel, self.guard, self.student = kernel, guard, student
        self.given, self.hidden = given, hidden
        self.findings, self.notes, self._end_is_noted = {}, [], False

    def run(self, notebook):
        """Run all cells."""
        for i, cell in enumerate(notebook.cells, start=1):
            if cell.cell_type != "code":
                continue
            name = grade_id_of(cell) or f"number {i}"
            if self.kernel.alive:
                self._run_cell(cell, name)
            else:
                self._skip(cell, name)

    def _skip(self, cell, name):
        if not self._end_is_noted:
            reason = self.kernel.ended or "its code ended Python"
            self.notes.append(
                f"before cell {name} the kernel ended ({reason}); that cell "
                "and nothing after it was run"
            )
            self._end_is_noted = True
        if utils.is_grade(cell):
            self._fail(cell, name, "not run, the kernel had ended before")

    def _run_cell(self, cell, name):
        locked = utils.is_locked(cell)
        if locked:
            self.kernel.run(_before_locked(cell.source, self.student))
        result = self.kernel.run(cell.source, history=not locked)
        cell.outputs = result.outputs
        ours = locked or cell.source in self.given
        if ours and result.name == "DataError":
            raise DataMissing(f"cell {name}: {result.value[:300]}")
        reason = stopped(result, self.kernel)
        problem = reason or remark(result)
        if problem:
            self.notes.append(f"cell {name}: {problem}")
        self._end_is_noted = result.status == "dead"
        if is_test(cell):
            self._judge(cell, name, result, reason)
        elif problem:
            shown = new_output("stream", name="stderr", text=problem)
            cell.outputs.append(shown)
        if locked:
            self.kernel.run(RESTORE)

    def _judge(self, cell, name, result, reason):
        """Enter what became of a test; the reason why it was stopped."""
        words = reason or finding(cell, result, self.hidden)
        if result.status == "ok":
            self.guard.check(cell.source)
            if self.kernel.alive:
                self.findings[name] = words
                return
            words = UNCHECKED
        self._fail(cell, name, words, result.name)

    def _fail(self, cell, name, words, error=""):
        """Enter that a test failed; there is an error among its outputs."""
        self.findings[name] = words
        if not any(o.output_type == "error" for o in cell.outputs):
            kind = error or "Stopped"
            shown = new_output("error", ename=kind, evalue=words, traceback=[])
            cell.outputs.append(shown)


def _before_locked(source, student):
    """What runs before a locked cell: the id, and Python's own names."""
    nodes = ast.walk(syntax_tree(source))
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    names = sorted(used & set(dir(builtins)))
    return CLEAR.format(student=student, names=names)
