/* Copy buttons.  Without this script the texts are selected whole by one click (user-select: all). */
const said = document.createElement("p");
said.className = "unseen";
said.setAttribute("role", "status");
document.body.append(said);

async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Plain http beyond localhost has no clipboard object.
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("the browser did not copy");
}

function addCopy(source, label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  const what = source.dataset.of ?? source.closest("tr")?.querySelector("a")?.textContent;
  button.setAttribute("aria-label", label ?? (what ? `Copy the SHA-256 of ${what}` : "Copy"));
  button.addEventListener("click", async () => {
    let word = "Copied";
    try {
      await copy(source.dataset.copy || source.textContent);
    } catch {
      word = "Not copied";
    }
    said.textContent = word;
    button.textContent = word;
    setTimeout(() => { button.textContent = "Copy"; said.textContent = ""; }, 2000);
    button.focus();
  });
  source.after(button);
}

for (const source of document.querySelectorAll("[data-copy]")) addCopy(source);
for (const source of document.querySelectorAll(".readme pre:not(.source)")) {
  const frame = document.createElement("div");
  frame.className = "coded";
  source.replaceWith(frame);
  frame.append(source);
  addCopy(source, "Copy the code");
}
globalThis.mypiCopy = addCopy;
