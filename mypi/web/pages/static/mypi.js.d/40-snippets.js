/* Snippets: the tool that was chosen last is chosen again, and extras are ticked into the command.
   Without this script the first tool is shown, and extras are listed beside the page. */
function remembered() {
  try {
    return localStorage.getItem("mypi-tool");
  } catch {
    return null;
  }
}

const choices = [...document.querySelectorAll(".tabs input[type=radio]")];
const toolOf = (choice) => choice.nextElementSibling.textContent;
function choose(tool) {
  for (const choice of choices) if (toolOf(choice) === tool) choice.checked = true;
}

choose(remembered());
for (const choice of choices) {
  choice.addEventListener("change", () => {
    choose(toolOf(choice));
    try {
      localStorage.setItem("mypi-tool", toolOf(choice));
    } catch { /* A browser that keeps nothing. */ }
  });
}

const box = document.querySelector("[data-extras]");
const extras = box?.dataset.extras.split(",").filter(Boolean).slice(0, 40) ?? [];
if (extras.length) {
  const name = box.dataset.wants.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const wanted = new RegExp(`(^|[\\s"])${name}(==[^\\s"]*)?(?=$|[\\s"])`, "gm");
  const codes = [...box.querySelectorAll(".panel code")].map((code) => [code, code.textContent]);
  const field = document.createElement("fieldset");
  field.className = "extras";
  field.append(document.createElement("legend"));
  field.firstChild.textContent = "Extras";
  const tell = () => {
    const ticked = [...field.querySelectorAll(":checked")].map((it) => it.value).join(",");
    for (const [code, text] of codes) {
      const last = ticked && [...text.matchAll(wanted)].at(-1);
      if (!last) {
        code.textContent = text;
        continue;
      }
      const [whole, before, version = ""] = last;
      const bare = `${box.dataset.wants}[${ticked}]${version}`;
      const quoted = before === '"' || text.startsWith("--") ? bare : `"${bare}"`;
      const end = last.index + whole.length;
      code.textContent = text.slice(0, last.index) + before + quoted + text.slice(end);
    }
  };
  for (const extra of extras) {
    const label = document.createElement("label");
    const tick = document.createElement("input");
    tick.type = "checkbox";
    tick.value = extra;
    tick.addEventListener("change", tell);
    label.append(tick, ` ${extra}`);
    field.append(label);
  }
  box.append(field);
}

// On a phone what is beside the page on a wide screen stands before the description: folded.
const fold = document.querySelector("[data-fold]");
if (fold && matchMedia("(max-width: 50rem)").matches) fold.open = false;
