"""Give every chapter the number that its file name carries.

``chapters/08_from_scratch`` is chapter 8, whatever else the table of contents
holds. Sections, figures, theorems and exercises follow from it. A chapter of
several files, such as ``chapters/14_…``, counts its sections through all of
them. Pages that are no chapter have no number.
"""

import re
from functools import partial

from docutils import nodes
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles

CHAPTER = re.compile(r"chapters/(\d\d)_")


def change_numbers(env, docname, change):
    """Apply a function to every section number of a page."""
    env.toc_secnumbers[docname] = {
        anchor: change(number) if number else number
        for anchor, number in env.toc_secnumbers[docname].items()
    }
    numbered = [*env.tocs[docname].findall(nodes.reference), env.titles[docname]]
    for node in numbered:
        if node.get("secnumber"):
            node["secnumber"] = change(tuple(node["secnumber"]))


def place(chapter, before, number):
    """A section number in a chapter, after so many sections before it."""
    return (chapter, *(n + before for n in number[1:2]), *number[2:])


def renumber(env):
    """Number the chapters by their files, and their sections onwards."""
    given = {
        docname: env.titles[docname].get("secnumber") for docname in env.toc_secnumbers
    }
    sections = {}  # of each chapter, on the pages before
    for docname in sorted(filter(given.get, given), key=given.get):
        match = CHAPTER.match(docname)
        if not match:
            change_numbers(env, docname, lambda number: ())
            continue
        chapter = int(match[1])
        before = sections.get(chapter, 0)
        sections[chapter] = before + len(
            {
                number[1]
                for number in env.toc_secnumbers[docname].values()
                if number and len(number) > 1
            }
        )
        change_numbers(env, docname, partial(place, chapter, before))


def assign_file_numbers(original):
    """Wrap the numbering by order of sphinx-external-toc."""

    def assign_section_numbers(self, env):
        before = env.toc_secnumbers
        original(self, env)
        renumber(env)
        numbers = env.toc_secnumbers
        return [name for name in numbers if numbers[name] != before.get(name)]

    return assign_section_numbers


def setup(app):
    collector = TocTreeCollectorWithStyles
    collector.assign_section_numbers = assign_file_numbers(
        collector.assign_section_numbers
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
