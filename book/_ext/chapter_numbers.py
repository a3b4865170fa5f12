"""Give every chapter the number that its file name carries.

``chapters/09_from_scratch`` is chapter 9, whatever else the table of contents
holds. Sections, figures, theorems and exercises follow from it.
"""

import re

from docutils import nodes
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles

CHAPTER = re.compile(r"chapters/(\d\d)_")


def renumber(env, docname, chapter):
    """Replace the first component of every section number of a page."""
    env.toc_secnumbers[docname] = {
        anchor: (chapter, *number[1:]) if number else number
        for anchor, number in env.toc_secnumbers[docname].items()
    }
    for reference in env.tocs[docname].findall(nodes.reference):
        if reference.get("secnumber"):
            reference["secnumber"] = [chapter, *reference["secnumber"][1:]]
    title = env.titles[docname]
    if title.get("secnumber"):
        title["secnumber"] = [chapter, *title["secnumber"][1:]]


def assign_file_numbers(original):
    """Wrap the numbering by order of sphinx-external-toc."""

    def assign_section_numbers(self, env):
        changed = original(self, env)
        for docname in env.toc_secnumbers:
            if match := CHAPTER.match(docname):
                renumber(env, docname, int(match[1]))
        return changed

    return assign_section_numbers


def setup(app):
    collector = TocTreeCollectorWithStyles
    collector.assign_section_numbers = assign_file_numbers(
        collector.assign_section_numbers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
