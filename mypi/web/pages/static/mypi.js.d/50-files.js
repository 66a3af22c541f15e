/* A filter for long lists of files, and files that are dropped onto a page.  Without this script the
   browser's own search finds files, and the upload page has a form. */
const FROM = 10;
for (const table of document.querySelectorAll("table[data-filter]")) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < FROM) continue;
  const label = document.createElement("label");
  const field = document.createElement("input");
  const count = document.createElement("span");
  field.type = "search";
  field.autocomplete = "off";
  count.className = "count";
  count.setAttribute("role", "status");
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.cells[0].textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = `${shown} of ${rows.length}`;
  });
  label.className = "filter-files";
  label.append(`${table.dataset.filter || "Filter the files"} `, field, " ", count);
  table.before(label);
}

async function open(address, files) {
  const answer = await fetch(address, { headers: { Accept: "text/html,application/xhtml+xml" } });
  if (!answer.ok || answer.redirected) {
    location.href = address;
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  globalThis.mypiDropped = [...files];
  document.title = page.title;
  document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  history.pushState(null, "", address);
  addEventListener("popstate", () => location.reload());
  for (const source of document.querySelectorAll("main [data-copy]")) globalThis.mypiCopy(source);
  const script = document.createElement("script");
  script.src = page.querySelector('script[src$="/upload.js"]').getAttribute("src");
  document.head.append(script);
}

const target = document.querySelector("[data-drop]");
let gone = false;
if (target) {
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (gone || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      document.body.classList.toggle("dropping", kind === "dragover");
      if (kind === "drop") {
        gone = true;
        open(target.href, event.dataTransfer.files);
      }
    });
  }
}
