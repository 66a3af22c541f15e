/* Copy buttons, and the sentence on who may do what.  Without this script the texts are selected whole
   by one click (user-select: all), and the sentence is that of the policy as it is kept. */
"use strict";

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

for (const source of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  const what = source.closest("tr")?.querySelector("a")?.textContent;
  button.setAttribute("aria-label", what ? `Copy the SHA-256 of ${what}` : "Copy");
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

function listed(words) {
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words[0];
}

const sentence = document.querySelector("[data-live]");
if (sentence) {
  const fields = [...sentence.parentElement.querySelectorAll("input[type=text]")];
  const tell = () => {
    const acts = new Map();
    for (const field of fields) {
      const who = field.value.split(/[\s,]+/).filter(Boolean).join(" ");
      acts.set(who, [...(acts.get(who) ?? []), field.name]);
    }
    const parts = [...acts].map(([who, words]) => {
      const said = who.split(" ").map((word) => (word === "users" ? "whoever is logged in" : word));
      const people = who === "" || who === "nobody" ? "only admins" : listed(said);
      return `${people} may ${listed(words)}`;
    });
    const text = parts.join("; ");
    sentence.textContent = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  };
  for (const field of fields) field.addEventListener("input", tell);
}
