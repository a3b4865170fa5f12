/* The search, as far as every page needs it: once a field of the search has the
   focus, the rest is loaded, from beside this file. */

window.bookSearch = { folder: new URL(".", document.currentScript.src) };

{
  const FILES = ["minisearch.min.js", "records.js", "engine.js", "view.js"];
  const FIELD = "form.bd-search input";

  const load = () => {
    removeEventListener("focusin", loadAtField);
    const style = document.createElement("link");
    Object.assign(style, { rel: "stylesheet", href: new URL("search.css", bookSearch.folder) });
    document.head.append(style, ...FILES.map(name => {
      const script = document.createElement("script");
      return Object.assign(script, { src: new URL(name, bookSearch.folder), async: false });
    }));
  };
  const loadAtField = ({ target }) => target.matches?.(FIELD) && load();

  addEventListener("focusin", loadAtField);
  if (document.querySelector(".bd-search-container")) load(); // the search page
}
