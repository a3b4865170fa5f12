/* The search as it is seen: results below the field while one types, in the
   dialog and on the search page.

   They are a list of links, so that Enter, Tab, a mouse and a screen reader do
   with them what they do with links; the arrows lead into the list and along
   it. A line above says how many there are. Enter in the field opens the search
   page, where there is room for more of them. */

{
  const PAUSE = 400; // milliseconds without a key until the number is said
  const root = new URL("../../", bookSearch.folder);

  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const part = (name, text, found, properties = {}) => element(
    "span", { className: `search-${name}`, ...properties },
    ...bookSearch.marked(text, found).map((piece, i) => i % 2 ? element("mark", {}, piece) : piece));

  const item = ({ record, terms }) => {
    const { kind, number, title, page, text = "", chinese = [] } = record;
    const parts = [
      part("kind", number ? `${kind} ${number}` : kind, new Set()),
      part("title", title, terms),
      chinese.length && part("chinese", chinese.join("；"), terms, { lang: "zh" }),
      page && part("page", page, new Set()),
      text && part("text", bookSearch.excerpt(text, terms), terms),
    ];
    const spaced = parts.filter(Boolean).flatMap(p => [p, " "]);
    return element("li", {}, element("a", { href: new URL(record.address, root) }, ...spaced));
  };

  const inWords = (query, found, shown) => {
    if (!query.trim()) return "";
    if (!found) return `Nothing found for “${query.trim()}”.`;
    if (found > shown) return `The best ${shown} of ${found} results`;
    return found == 1 ? "1 result" : `${found} results`;
  };

  const attach = (search, form) => {
    const field = form.querySelector("input");
    const dialog = form.closest("dialog");
    const limit = dialog ? 12 : 40;
    const status = element("p", { className: "search-status", role: "status" });
    const list = element("ol", { className: "search-results" });
    form.role = "search";
    form.after(status, list);

    let pause;
    const show = () => {
      const results = search.find(field.value);
      list.replaceChildren(...results.slice(0, limit).map(item));
      list.scrollTop = 0;
      clearTimeout(pause);
      pause = setTimeout(() => {
        status.textContent = inWords(field.value, results.length, list.children.length);
      }, PAUSE);
    };

    const move = event => {
      const stops = [field, ...list.querySelectorAll("a")];
      const here = stops.indexOf(document.activeElement);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && here >= 0) {
        stops[here + step]?.focus();
        event.preventDefault();
      } else if (here > 0 && event.key.length == 1 && !event.ctrlKey && !event.metaKey
                 && event.key != " ") {
        field.focus(); // a letter goes on with the query
      }
    };

    field.addEventListener("input", show);
    form.parentElement.addEventListener("keydown", move);
    list.addEventListener("click", event => event.target.closest("a") && dialog?.close());
    if (!dialog) {
      field.value = new URLSearchParams(location.search).get("q") ?? "";
      field.focus();
    }
    show();
  };

  const search = new bookSearch.Search(MiniSearch, bookSearch.records);
  document.querySelectorAll("form.bd-search").forEach(form => attach(search, form));
}
