"""Write again every page that a change elsewhere has made stale.

By itself Sphinx reads a page again when its file is newer than before, and
writes it again when it was read or its numbers changed. It overlooks a file
that changed and got an older date, and a page that shows something of
another one: a title, the name of a theorem, a citation. So

- a page is read again when the contents of its file, or of a file that it
  depends on, are others;
- each page notes where its links lead, and is written again when one of
  those pages now offers other titles, numbers, names or citations;
- the first page is written again when no other is: else Sphinx ends before
  it copies static files, and before the archive of notebooks is made.
"""

import json
import posixpath
from collections import defaultdict
from hashlib import blake2b
from pathlib import Path

from docutils import nodes

TITLES = "titles of all pages"  # which every page shows beside its text


def imprint(items):
    lines = "\n".join(sorted(map(repr, items)))
    return blake2b(lines.encode(), digest_size=16).hexdigest()


# ---- what must be read again


def contents(env, docname):
    """Imprint of a page's file and of all files that it depends on."""
    names = [env.doc2path(docname), *sorted(env.dependencies.get(docname, ()))]
    files = [Path(env.srcdir, name) for name in names]
    return imprint(file.read_bytes() for file in files if file.is_file())


def changed_contents(app, env, added, changed, removed):
    before = getattr(env, "page_contents", {})
    known = env.found_docs & set(before)
    return [name for name in known if before[name] != contents(env, name)]


def note_contents(app, env):
    env.page_contents = {name: contents(env, name) for name in env.found_docs}


# ---- what must be written again


def offers(env):
    """For each page, an imprint of all that other pages can show of it."""
    offered = defaultdict(list)
    for name in env.found_docs:
        offered[name] = [
            env.titles[name].pformat(),
            env.toc_secnumbers.get(name),
            env.toc_fignumbers.get(name),
        ]
    for domain in map(env.get_domain, env.domains):
        for item in domain.get_objects():
            offered[item[3]].append(item)
    for label, equation in env.get_domain("math").equations.items():
        offered[equation[0]].append((label, equation))
    for label, proof in getattr(env, "proof_list", {}).items():
        kind = [proof[key] for key in ("realtype", "countertype", "nonumber")]
        offered[proof["docname"]].append((label, kind))
    for label, exercise in getattr(env, "sphinx_exercise_registry", {}).items():
        title = exercise["node"][0].pformat()
        offered[exercise["docname"]].append((label, title))
    for cited in env.get_domain("cite").citations:
        entry = cited.formatted_entry
        text = [cited.citation_id, cited.entry, entry.label, str(entry.text)]
        offered[cited.bibliography_key.docname].append(text)
    everywhere = [(name, env.titles[name].pformat()) for name in env.found_docs]
    return {TITLES: imprint(everywhere)} | {
        name: imprint(items) for name, items in offered.items()
    }


def record_file(app):
    return Path(app.doctreedir, "stale_pages.json")


def recall(app):
    path = record_file(app)
    record = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    app.page_links = record.get("links", {})
    app.offered_before = record.get("offers", {})


def stale_pages(app, env):
    """Names of the pages that show what is no longer so."""
    app.offered = offers(env)
    changed = {
        name
        for name in app.offered.keys() | app.offered_before.keys()
        if app.offered.get(name) != app.offered_before.get(name)
    }
    stale = [
        name
        for name in env.found_docs
        if not changed.isdisjoint([TITLES, name, *app.page_links.get(name, [])])
    ]
    return stale or [app.config.root_doc]


def note_links(app, doctree, docname):
    """Note the pages to which the links of a page lead."""
    if app.builder.format != "html":
        return  # such as the check of links to elsewhere
    folder = posixpath.dirname(docname)
    targets = set()
    for link in doctree.findall(nodes.reference):
        path = link.get("refuri", "").partition("#")[0]
        if link.get("internal") and path:
            target = posixpath.normpath(posixpath.join(folder, path))
            targets.add(target.removesuffix(app.builder.out_suffix))
    app.page_links[docname] = sorted(targets & app.env.found_docs)


def keep_record(app, exception):
    if exception is None and app.builder.format == "html":
        record = {"links": app.page_links, "offers": app.offered}
        record_file(app).write_text(json.dumps(record), "utf-8")


def setup(app):
    app.connect("builder-inited", recall)
    app.connect("env-get-outdated", changed_contents)
    app.connect("env-updated", note_contents)
    app.connect("env-get-updated", stale_pages, priority=900)
    app.connect("doctree-resolved", note_links, priority=900)
    app.connect("build-finished", keep_record)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
