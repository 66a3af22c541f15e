/* The keyboard, the theme and the menu of indexes.  Without this script the tab order leads everywhere,
   and the system says whether it is dark. */
function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
function keep(name, value) {
  try {
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  } catch { /* A browser that keeps nothing. */ }
}

const page = document.documentElement;
const themes = document.getElementById("theme");
if (themes) {
  themes.value = page.dataset.theme ?? "";
  themes.addEventListener("change", () => {
    if (themes.value) page.dataset.theme = themes.value;
    else delete page.dataset.theme;
    keep("mypi-theme", themes.value);
  });
}

for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.firstElementChild.focus();
  });
}

const ROWS = ".hits h3 a, .rows th[scope=row] a:first-of-type, .newest > li > a:first-of-type, .names a";
const box = () => [...document.querySelectorAll("[data-search]")].find((it) => it.checkVisibility?.() ?? true);
const href = (selector) => document.querySelector(selector)?.href;
const go = (address) => { if (address) location.assign(address); };

function step(by) {
  const rows = [...document.querySelectorAll(ROWS)].filter((it) => it.getClientRects().length);
  const at = rows.indexOf(document.activeElement);
  rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)]?.focus();
}

const KEYS = {
  "/": ["Search", () => { const it = box(); it?.focus(); it?.select(); }],
  s: ["Search, too"],
  j: ["Next project of a list", () => step(1)],
  k: ["The one before", () => step(-1)],
  h: ["Home page of the index", () => go(page.dataset.home)],
  g: ["All projects", () => go(page.dataset.home && `${page.dataset.home}+projects`)],
  ".": ["What is inside this release", () => go(href('main a[href$="+contents"], main a[href$="/+contents/"]'))],
  "?": ["This help", () => help()],
};
KEYS.s[1] = KEYS["/"][1];

let dialog;
function help() {
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.className = "keys";
    dialog.setAttribute("aria-labelledby", "keys-title");
    const title = document.createElement("h2");
    title.id = "keys-title";
    title.textContent = "Keyboard";
    const list = document.createElement("dl");
    for (const [key, [told]] of [...Object.entries(KEYS), ["Esc", ["Leave the search box, close this"]]]) {
      const term = document.createElement("dt");
      const sign = document.createElement("kbd");
      const meaning = document.createElement("dd");
      sign.textContent = key;
      meaning.textContent = told;
      term.append(sign);
      list.append(term, meaning);
    }
    const label = document.createElement("label");
    const tick = document.createElement("input");
    tick.type = "checkbox";
    tick.checked = kept("mypi-keys") !== "off";
    tick.addEventListener("change", () => keep("mypi-keys", tick.checked ? "" : "off"));
    label.append(tick, " Keys act at once, without Ctrl or Alt");
    const form = document.createElement("form");
    form.method = "dialog";
    const close = document.createElement("button");
    close.className = "main";
    close.textContent = "Close";
    form.append(close);
    const choice = document.createElement("p");
    choice.append(label);
    dialog.append(title, list, choice, form);
    document.body.append(dialog);
  }
  dialog.showModal();
}
document.getElementById("keys")?.addEventListener("click", help);

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (event.key === "Escape" && field?.matches("[data-search]")) {
    field.blur();
    return;
  }
  if (field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (kept("mypi-keys") === "off" || document.querySelector("dialog[open]")) return;
  const act = Object.hasOwn(KEYS, event.key) && KEYS[event.key][1];
  if (!act) return;
  event.preventDefault();
  act();
});
