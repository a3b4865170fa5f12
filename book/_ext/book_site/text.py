"""What checkers of HTML and of accessibility find in the text."""

import re

from docutils import nodes

REPEATED_IDS = ("proof", "proof-content", "exercise-content", "solution-content")
# Its title is not numbered, and on paper a table of contents without page
# numbers helps nobody: print.css shows the title of the text.
PRINT_BLOCK = re.compile(
    r'<div id="jb-print-docs-body" class="onlyprint">.*?</div>\s*</div>\s*</div>',
    re.DOTALL,
)
SUMMARY = re.compile(r'<summary aria-label="[^"]*">(.*?)</summary>', re.DOTALL)
# The DOI of an old journal, for example, has < and >.
ANGLED = re.compile(r'href="[^"]*&[lg]t;[^"]*"')
# The label of a tab names the radio button that it is for; no more is allowed.
TAB = re.compile(r'<label aria-controls="[^"]*"')
PARAGRAPH = re.compile(r"(?<=<)p\b|(?<=</)p\b")


def drop_repeated_ids(app, doctree, docname):
    """sphinx-proof and sphinx-exercise give all their boxes the same ids."""
    for box in doctree.findall(nodes.Element):
        if box.children and isinstance(box[0], nodes.title):
            continue  # a section of the text, whose name this may be
        if isinstance(box, nodes.section | nodes.admonition):
            box["ids"] = [i for i in box["ids"] if i not in REPEATED_IDS]


def mend_summary(match):
    """The bar of a folded cell: its name is what stands on it, in no <p>."""
    return f"<summary>{PARAGRAPH.sub('span', match[1])}</summary>"


def percent_encode(match):
    return match[0].replace("&lt;", "%3C").replace("&gt;", "%3E")


def edit(html, app, context):
    html = PRINT_BLOCK.sub("", html)
    html = SUMMARY.sub(mend_summary, html)
    html = ANGLED.sub(percent_encode, html)
    html = TAB.sub("<label", html)
    # docutils puts entries of a list, with a role that is not allowed
    return html.replace('role="doc-biblioentry"', 'role="listitem"')
