/* Several lines of a source at once: #L10-20 marks them; Shift and a click on a number ends the mark. */
"use strict";
{
  const marked = () => /^#L(\d{1,6})(?:-L?(\d{1,6}))?$/.exec(location.hash);

  function show(scroll) {
    for (const line of document.querySelectorAll(".lines .marked")) line.classList.remove("marked");
    const found = marked();
    if (!found) return;
    const ends = [Number(found[1]), Number(found[2] || found[1])].sort((a, b) => a - b);
    for (let number = ends[0]; number <= ends[1]; number++) {
      const line = document.getElementById(`L${number}`);
      if (!line) break;
      line.classList.add("marked");
    }
    if (scroll && found[2]) document.getElementById(`L${ends[0]}`)?.scrollIntoView({ block: "center" });
  }

  document.querySelector(".lines").addEventListener("click", (event) => {
    const number = event.target.closest("span[id] > a")?.textContent;
    const first = marked()?.[1];
    if (!number || !event.shiftKey || !first) return;
    event.preventDefault();
    history.replaceState(null, "", `#L${first}-${number}`);
    show(false);
  });
  addEventListener("hashchange", () => show(true));
  show(true);
}
