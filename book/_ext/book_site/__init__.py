"""What the theme does not do by itself, in the order of the page.

- ``address``: where the book is published and where its sources are, and all
  that needs one of the two: launch, edit and issue buttons, canonical links,
  ``og:`` tags, sitemap, 404 page.
- ``head``: the description, the title, the mode before the first paint.
- ``bars``: the sidebar and the buttons above the text.
- ``text``: what checkers of HTML and of accessibility find in the text.
- ``images``: lossless WebP with sizes, loaded when they are needed.
- ``files``: what is in the site and what is not; the fonts of the text.
- ``lean``: styles and letters that no page shows are left out.

A page that was rendered goes through ``edits`` once, before it is written.
What needs a browser is in ``book/_static/book.js``.
"""

from . import address, bars, files, head, images, lean, text

EDITS = (head.edit, bars.edit, text.edit, images.edit, files.edit, address.edit)


def edit_pages(app):
    """Edit each page between its template and its file."""
    if app.builder.name != "html":
        return
    render = app.builder.templates.render

    def render_and_edit(template, context):
        html = render(template, context)
        if template.endswith(".html"):
            for edit in EDITS:
                html = edit(html, app, context)
        return html

    app.builder.templates.render = render_and_edit


def setup(app):
    app.setup_extension("icon_subset")
    app.add_css_file("book.css", priority=900)
    app.add_css_file("print.css", priority=901, media="print")
    app.add_js_file("book.js", loading_method="defer")
    app.connect("config-inited", address.configure)
    app.connect("builder-inited", edit_pages)
    app.connect("html-collect-pages", address.page_not_found)
    app.connect("html-page-context", head.describe, priority=400)
    app.connect("html-page-context", files.drop_unused, priority=900)
    app.connect("doctree-resolved", text.drop_repeated_ids)
    app.connect("doctree-resolved", images.use_webp)
    app.connect("build-finished", files.finish)
    app.connect("build-finished", address.finish)
    app.connect("build-finished", lean.finish, priority=700)  # after icon_subset
    return {"parallel_read_safe": True, "parallel_write_safe": True}
