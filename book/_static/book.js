/* What the theme's buttons lack for a keyboard and a screen reader, and what
   printing needs. The page reads without it. */
"use strict";
{

/* ---- said aloud */

const status = document.createElement("div");
status.className = "visually-hidden";
status.setAttribute("role", "status");
document.querySelector("main").append(status);

function say(text) {
  status.textContent = "";
  requestAnimationFrame(() => { status.textContent = text; });
}

/* ---- the focus stays where it is: the theme throws it away after each click */

for (const button of document.querySelectorAll(
    ".theme-switch-button, .search-button, .sidebar-toggle")) {
  button.blur = () => {};
}

/* ---- the mode: the button says which it is, not only by its picture */

const root = document.documentElement;
for (const button of document.querySelectorAll(".theme-switch-button")) {
  const name = () => {
    button.setAttribute("aria-label", `Colour mode: ${root.dataset.mode}`);
  };
  name();
  new MutationObserver(name).observe(root, {attributeFilter: ["data-mode"]});
  button.addEventListener("click", () => {
    setTimeout(() => say(`Colour mode: ${root.dataset.mode}`)); // once it is set
  });
}

/* ---- the sidebar: beside a wide text it is shown or not; else it is a dialog */

const toggle = document.querySelector(".primary-toggle");
const sidebar = document.querySelector("#pst-primary-sidebar");
const wide = matchMedia("(min-width: 992px)");
if (toggle && sidebar) {
  const showState = () => {
    const shown = wide.matches && !sidebar.classList.contains("pst-sidebar-hidden");
    toggle.setAttribute("aria-expanded", shown);
  };
  showState();
  wide.addEventListener("change", showState);
  new MutationObserver(showState).observe(sidebar, {attributeFilter: ["class"]});
}

/* ---- the copy buttons: the focus comes back from what was copied */

document.addEventListener("click", event => {
  const button = event.target.closest(".copybtn");
  if (!button) return;
  setTimeout(() => {
    button.focus({preventScroll: true});
    say(button.dataset.tooltip);
  });
});

/* ---- formulas: the keyboard stops at those that scroll, as the theme does
   for code and tables */

const formulas = document.querySelectorAll(".math-scroll");
const measured = new ResizeObserver(entries => {
  for (const {target} of entries) {
    const scrolls = target.scrollWidth > target.clientWidth;
    if (scrolls == target.hasAttribute("tabindex")) continue;
    if (scrolls) {
      target.tabIndex = 0;
      target.setAttribute("role", "group");
      target.setAttribute("aria-label", "formula");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) {
        target.removeAttribute(name);
      }
    }
  }
});
document.fonts.ready.then(() => formulas.forEach(f => measured.observe(f)));

/* ---- printing: light on paper, and every picture there */

let before = null;
addEventListener("beforeprint", () => {
  before ??= root.dataset.theme;
  root.dataset.theme = "light";
  for (const image of document.images) image.loading = "eager";
});
addEventListener("afterprint", () => {
  root.dataset.theme = before ?? root.dataset.theme;
  before = null;
});
}
