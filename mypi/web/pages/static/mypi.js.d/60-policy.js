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
