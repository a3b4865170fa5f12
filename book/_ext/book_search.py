"""The search: an index of sections, theorems, exercises, questions and terms.

Sphinx's own search knows pages only and does not rank them, shows TeX beside
MathML, and cannot cut a Chinese query. So it is switched off. While the pages
are written, it is noted here what stands where, and at the end one list of
records is written, ``_static/search/records.js``: a script, since a page that
was opened from a folder may load that, and no file of data. The scripts of
``_static/search`` load it at the first use, together with MiniSearch.

A record has a kind and a number ("Theorem", "5.6"), a title, an address, and
its running text: without code, outputs and displayed formulas, and with each
formula in a line as one would type it, ``e^{z_k}``. What has a record of its
own, such as a theorem, is in that one only.

Since a page is written again only when it changes (see ``stale_pages``), the
records of all pages are kept beside the doctrees.
"""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from py_mini_racer import JSEvalException
from sphinx import addnodes

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE / "templates"
LIBRARY = HERE.parent / "_vendor" / "minisearch" / "static"
FOLDER = Path("_static", "search")
OF_SPHINX = ("searchtools.js", "language_data.js", "sphinx_highlight.js")
WORD = re.compile(r"[^\W\d_][\w’-]{2,}")
APPLIED = "\N{FUNCTION APPLICATION}"  # in MathML, between log and p
ADDRESS = re.compile(r" (?:doi:|URL:|arXiv:).*")
LENGTH = 500  # of what is kept of a text, in characters
CHINESE = "language-zh"  # docutils makes of this class the attribute lang="zh"
NO_TEXT = (
    nodes.image,
    nodes.literal_block,
    nodes.raw,
    nodes.title,
    addnodes.index,
)


# ---- text


def braced(text):
    return text if len(text) <= 1 else "{" + text + "}"


def typed(element):
    """A formula in MathML as one would type it: ``z_k``, ``e^{z_k}``, ``a/b``."""
    parts = [typed(child) for child in element]
    match element.tag.rpartition("}")[2]:
        case "annotation":
            return ""
        case "msub" | "munder":
            return f"{parts[0]}_{braced(parts[1])}"
        case "msup":
            return f"{parts[0]}^{braced(parts[1])}"
        case "msubsup" | "munderover":
            return f"{parts[0]}_{braced(parts[1])}^{braced(parts[2])}"
        case "mfrac":
            return "/".join(map(braced, parts))
        case "msqrt":
            return "√" + braced("".join(parts))
    return (element.text or "") + "".join(parts)


def formula(app, node):
    try:
        html = app.katex.render(node.astext().strip(), False)
    except JSEvalException:
        return ""  # a warning of katex_math says where
    start, end = html.index("<math"), html.index("</math>") + len("</math>")
    math = typed(ElementTree.fromstring(html[start:end]))
    spaced = math.replace(f"{APPLIED}(", "(").replace(APPLIED, " ")
    return spaced + node.get("punctuation", "")


def is_chinese(node):
    return CHINESE in node["classes"]


def pieces(app, node):
    """The running text below a node, without what has a record of its own."""
    for child in node.children:
        if isinstance(child, nodes.Text):
            yield child.astext()
        elif isinstance(child, nodes.math):
            yield formula(app, child)
        elif isinstance(child, nodes.math_block):
            yield " … "
        elif not (isinstance(child, NO_TEXT) or is_chinese(child) or kind_of(child)):
            yield from pieces(app, child)
            if not isinstance(child, nodes.Inline):
                yield " "


def text(app, node):
    return " ".join("".join(pieces(app, node)).split())


def shortened(text, length=LENGTH):
    """The beginning of a text, and the words that only the rest has."""
    if len(text) <= length:
        return {"text": text}
    start = text[: text.rindex(" ", 0, length)]
    known = {word.lower() for word in WORD.findall(start)}
    rest = {word.lower(): word for word in WORD.findall(text[len(start) :])}
    more = [rest[word] for word in sorted(rest.keys() - known)]
    return {"text": start + " …", "more": " ".join(more)}


# ---- records


def kind_of(node):
    """The kind of record that a node gets; empty if it gets none."""
    match node:
        case nodes.section() if isinstance(node[0], nodes.title):
            is_question = any(name.startswith("q-") for name in node["ids"])
            return "Question" if is_question else "Section"
        case nodes.definition_list_item() if node[0]["ids"]:
            return "Glossary"
        case nodes.citation():
            return "Reference"
        case nodes.Element():  # of sphinx-proof and sphinx-exercise
            known = node.get("realtype") or node.get("type")
            is_box = bool(node.get("label")) and isinstance(known, str)
            return known.title() if is_box else ""
    return ""


def defined_in(section):
    """The terms of the glossary to which a section links."""
    for link in section.findall(nodes.reference):
        _, _, term = link.get("refuri", "").partition("glossary.html#term-")
        home = link.parent
        while not isinstance(home, nodes.section) or not kind_of(home):
            home = home.parent
        if term and home is section:
            yield term.replace("-", " ")


def section_record(app, docname, node, kind):
    is_page = isinstance(node.parent, nodes.document)
    numbers = app.env.toc_secnumbers.get(docname, {})
    number = numbers.get("" if is_page else f"#{node['ids'][0]}") or ()
    if is_page:
        kind = "Chapter" if number else "Page"
    return {
        "kind": kind,
        "number": "" if kind == "Question" else ".".join(map(str, number)),
        "title": text(app, node[0]),
        "place": "" if is_page else node["ids"][-1],  # its label, if it has one
        "defines": sorted(set(defined_in(node))),
        **shortened(text(app, node)),
    }


def box_record(app, docname, node, kind):
    """A theorem or an exercise, whose title stands in brackets."""
    numbers = app.env.toc_fignumbers.get(docname, {})
    number = numbers.get(kind.lower(), {}).get(node["ids"][0], ())
    return {
        "kind": kind,
        "number": ".".join(map(str, number)),
        "title": text(app, node[0]).removeprefix("(").removesuffix(")"),
        "place": node["ids"][0],
        **shortened(text(app, node)),
    }


def solution_record(app, docname, node, kind):
    """Its title is Solution to Exercise 5.1 (A Jacobian by hand)."""
    title = re.fullmatch(r"\D*([\d.]*) ?\(?(.*?)\)?", text(app, node[0]))
    return {
        "kind": kind,
        "number": title[1],
        "title": title[2],
        "place": node["ids"][0],
        "text": shortened(text(app, node), 150)["text"],
    }


def glossary_record(app, docname, node, kind):
    chinese = filter(is_chinese, node.findall(nodes.inline))
    return {
        "kind": kind,
        "title": ", ".join(text(app, term) for term in node.findall(nodes.term)),
        "place": node[0]["ids"][0],
        "text": text(app, node[-1]).removeprefix("· "),
        "chinese": [name for n in chinese for name in n.astext().split("；")],
    }


def reference_record(app, docname, node, kind):
    return {
        "kind": kind,
        "title": ADDRESS.sub("", text(app, node[1])),
        "place": node["ids"][0],
    }


READERS = {
    "Section": section_record,
    "Question": section_record,
    "Glossary": glossary_record,
    "Reference": reference_record,
    "Solution": solution_record,
}


def records_of(app, document, docname):
    for node in document.findall(kind_of):
        kind = kind_of(node)
        yield READERS.get(kind, box_record)(app, docname, node, kind)


# ---- the build


def record_file(app):
    return Path(app.doctreedir, "search_records.json")


def is_site(app):
    return app.builder.name == "html"


def add_folders(app, config):
    config.html_static_path.append(str(LIBRARY))
    config.templates_path.append(str(TEMPLATES))


def start(app):
    if not is_site(app):
        return
    app.builder.search = False
    path = record_file(app)
    app.search_records = json.loads(path.read_text("utf-8")) if path.is_file() else {}


def note_records(app, document, docname):
    if is_site(app):
        app.search_records[docname] = list(records_of(app, document, docname))


def search_page(app):
    return [("search", {}, "search.html")] if is_site(app) else []


def drop_search_of_sphinx(app, pagename, templatename, context, doctree):
    context["script_files"] = [
        file
        for file in context["script_files"]
        if not any(name in str(getattr(file, "filename", file)) for name in OF_SPHINX)
    ]


def write_records(app, exception):
    if exception or not is_site(app):
        return
    pages = {name: app.search_records[name] for name in sorted(app.env.found_docs)}
    record_file(app).write_text(json.dumps(pages, ensure_ascii=False), "utf-8")
    listed = [
        {"page": app.builder.get_target_uri(name), "records": records}
        for name, records in pages.items()
    ]
    code = json.dumps(listed, ensure_ascii=False, separators=(",", ":"))
    folder = Path(app.outdir, FOLDER)
    (folder / "records.js").write_text(f"bookSearch.records = {code};\n", "utf-8")
    for name in OF_SPHINX:
        folder.with_name(name).unlink(missing_ok=True)


def setup(app):
    app.setup_extension("katex_math")
    app.add_js_file("search/search.js", loading_method="defer")
    app.connect("config-inited", add_folders)
    app.connect("builder-inited", start)
    app.connect("doctree-resolved", note_records, priority=950)
    app.connect("html-collect-pages", search_page)
    app.connect("html-page-context", drop_search_of_sphinx, priority=900)
    app.connect("build-finished", write_records)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
