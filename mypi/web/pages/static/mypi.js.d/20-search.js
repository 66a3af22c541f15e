/* Search as one types.  Boxes that search offer names (the combobox of ARIA 1.2); the form of the search
   page brings its hits.  Without this script all of them are forms that lead to the search page. */
const DELAY = 80;
const spoken = document.createElement("p");
spoken.className = "unseen";
spoken.setAttribute("role", "status");
document.body.append(spoken);

/* Calls ask(value, signal) a little after the last key, and drops answers that come too late. */
function typed(box, ask) {
  let timer, before;
  const stop = () => { clearTimeout(timer); before?.abort(); };
  box.addEventListener("input", () => {
    stop();
    before = new AbortController();
    const { signal } = before;
    timer = setTimeout(async () => {
      try {
        await ask(box.value, signal);
      } catch (error) {
        if (!signal.aborted) console.debug(`search: ${error}`);
      }
    }, DELAY);
  });
  return stop;
}

function element(name, text, ...inner) {
  const made = document.createElement(name);
  made.textContent = text;
  made.append(...inner);
  return made;
}

function offer(box, number) {
  const list = document.createElement("ul");
  list.id = `offered-${number}`;
  list.className = "offered";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Projects of that name");
  const properties = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  for (const [name, value] of Object.entries(properties)) box.setAttribute(name, value);
  box.form.classList.add("offering");
  box.after(list);
  let chosen = -1;

  function choose(place) {
    const options = list.children;
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = place;
    const option = options[chosen];
    if (!option) {
      box.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", option.id);
  }

  function show(rows) {
    choose(-1);
    list.replaceChildren(...rows.map((row, place) => {
      const option = element("li", "", element("b", row.name), " ", element("span", row.version), element("small", row.summary));
      option.id = `${list.id}-${place}`;
      option.dataset.url = row.url;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      return option;
    }));
    list.hidden = !rows.length;
    box.setAttribute("aria-expanded", String(rows.length > 0));
  }

  const stop = typed(box, async (value, signal) => {
    if (!value.trim()) {
      show([]);
      spoken.textContent = "";
      return;
    }
    const answer = await fetch(`${box.form.action}/suggest?q=${encodeURIComponent(value.slice(0, 100))}`, { signal, headers: { Accept: "application/json" } });
    const rows = answer.ok && !answer.redirected ? await answer.json() : [];
    if (signal.aborted || document.activeElement !== box) return;
    show(rows);
    const many = rows.length === 1 ? "1 project" : `${rows.length} projects`;
    spoken.textContent = rows.length ? `${many}; choose with the arrow keys` : "No project of such a name; Enter searches everything";
  });
  const close = () => { stop(); show([]); };

  box.addEventListener("keydown", (event) => {
    const last = list.children.length - 1;
    if (list.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") choose(chosen >= last ? (chosen === last ? -1 : last) : chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen === -1 ? last : chosen - 1);
    else if (event.key === "Home" && chosen >= 0) choose(0);
    else if (event.key === "End" && chosen >= 0) choose(last);
    else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.url);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);
  // The box keeps the focus while an option is pressed.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[data-url]");
    if (option) location.assign(option.dataset.url);
  });
}

function live(box) {
  const form = box.form;
  typed(box, async (value, signal) => {
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    const answer = await fetch(address, { signal, headers: { Accept: "text/html,application/xhtml+xml" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (signal.aborted) return;
    const results = page.getElementById("results");
    if (!results) return;
    document.getElementById("results").replaceWith(document.adoptNode(results));
    document.getElementById("found").textContent = page.getElementById("found").textContent;
    document.title = page.title;
    history.replaceState(history.state, "", address);
  });
}

for (const [number, box] of [...document.querySelectorAll("[data-search]")].entries()) {
  if (box.form.hasAttribute("data-live")) live(box);
  else offer(box, number);
}
