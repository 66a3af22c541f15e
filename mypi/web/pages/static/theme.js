/* Before anything is painted: the theme that the reader chose, and that there are scripts. */
"use strict";
{
  const page = document.documentElement;
  page.dataset.script = "";
  try {
    const theme = localStorage.getItem("mypi-theme");
    if (theme === "light" || theme === "dark") page.dataset.theme = theme;
  } catch { /* A browser that keeps nothing. */ }
}
