/* The upload page: files are judged by name before they travel, then sent as tools send them, three at a
   time, with progress.  Without this script the form sends them all at once. */
"use strict";
{
const AT_ONCE = 3;
const form = document.querySelector("form.upload");
const picker = form.querySelector("input[type=file]");
const waiting = [];
let running = 0;

function make(tag, words = "", name = "") {
  const it = document.createElement(tag);
  it.textContent = words;
  if (name) it.className = name;
  return it;
}

function size(bytes) {
  for (const [unit, of] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]) {
    if (bytes >= of) return `${(bytes / of).toFixed(1)} ${unit}`;
  }
  return `${bytes} bytes`;
}

function time(seconds) {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

const list = make("ul", "", "sent");
const said = make("p", "", "unseen");
said.setAttribute("role", "status");
const zone = make("p", "Or drop files anywhere on this page.", "zone");
form.querySelector(".field").after(zone);
form.querySelector("button").remove();
form.querySelector(".plain").remove();
form.after(list, said);

class Sending {
  constructor(file) {
    this.file = file;
    this.row = make("li", "", "card");
    this.word = make("span", "checking", "badge");
    this.message = make("p", "", "message");
    this.bar = make("progress");
    this.bar.max = 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", `Progress of ${file.name}`);
    this.button = make("button", "", "act");
    this.button.type = "button";
    const title = make("p");
    title.append(make("b", file.name), ` ${size(file.size)} `, this.word);
    this.row.append(title, this.bar, this.message, this.button);
    list.append(this.row);
    this.offer("Cancel", () => this.cancel());
    this.begin();
  }

  offer(verb, act) {
    this.button.hidden = !verb;
    this.button.textContent = verb;
    this.button.setAttribute("aria-label", `${verb} ${this.file.name}`);
    this.button.onclick = act;
  }

  tell(word, tone, message = "") {
    this.word.textContent = word;
    this.word.className = `badge ${tone}`;
    this.message.textContent = message;
  }

  async begin() {
    this.cancelled = false;
    this.bar.hidden = false;
    this.tell("checking", "");
    this.offer("Cancel", () => this.cancel());
    try {
      const query = new URLSearchParams({ filename: this.file.name, size: this.file.size });
      const answer = await fetch(`${form.dataset.check}?${query}`, {
        headers: { Accept: "application/json" },
      });
      if (!answer.ok) throw new Error((await answer.json()).message);
      this.told = await answer.json();
    } catch (error) {
      this.told = { verdict: "unknown", message: error.message };
    }
    if (this.cancelled) return;
    if (["forbidden", "refused", "exists"].includes(this.told.verdict)) {
      this.failed(this.told.verdict === "exists" ? "here already" : "refused", this.told.message);
      if (this.told.verdict === "exists") this.link();
      return;
    }
    this.tell("waiting", "", this.told.verdict === "replaces" ? this.told.message : "");
    waiting.push(this);
    next();
  }

  send() {
    running += 1;
    this.tell("sending", "dev");
    const body = new FormData();
    body.append(":action", "file_upload");
    body.append("protocol_version", "1");
    body.append("content", this.file, this.file.name);
    const request = new XMLHttpRequest();
    this.request = request;
    const started = performance.now();
    request.upload.onprogress = (event) => {
      this.bar.value = event.total ? event.loaded / event.total : 0;
      const speed = (event.loaded / (performance.now() - started)) * 1000;
      const rest = (event.total - event.loaded) / speed;
      this.message.textContent = `${size(event.loaded)} sent, ${size(speed)}/s, ${time(rest)} left`;
    };
    request.upload.onload = () => {
      this.bar.removeAttribute("value");
      this.tell("storing", "dev", "All bytes are there; the server checks and stores them.");
      this.offer("");
    };
    request.onload = () => this.answered(request);
    request.onerror = () => this.failed("not sent", "The connection broke. Nothing is lost: try again.");
    request.onabort = () => this.failed("cancelled", "");
    request.onloadend = () => {
      running -= 1;
      next();
    };
    request.open("POST", form.dataset.target);
    request.setRequestHeader("Accept", "text/plain");
    request.send(body);
  }

  answered(request) {
    const text = request.responseText.trim();
    if (request.status !== 200) {
      this.failed("refused", text || `The server answered ${request.status}.`);
      return;
    }
    this.bar.hidden = true;
    this.offer("");
    this.tell("published", "latest", text);
    this.link();
    if (this.told.install) {
      const line = make("pre");
      line.tabIndex = 0;
      line.dataset.copy = "";
      line.append(make("code", this.told.install));
      this.row.append(line);
      globalThis.mypiCopy?.(line);
    }
    said.textContent = `${this.file.name} is published.`;
  }

  link() {
    if (!this.told.page) return;
    const link = make("a", "Look at the release");
    link.href = this.told.page;
    this.message.append(" ", link);
  }

  failed(word, message) {
    this.bar.hidden = true;
    this.tell(word, "yanked", message);
    this.offer("Try again", () => this.begin());
    said.textContent = `${this.file.name}: ${word}. ${message}`;
  }

  cancel() {
    this.cancelled = true;
    const place = waiting.indexOf(this);
    if (place >= 0) waiting.splice(place, 1);
    if (this.request && this.request.readyState !== 4) this.request.abort();
    else this.failed("cancelled", "");
  }
}

function next() {
  while (running < AT_ONCE && waiting.length) waiting.shift().send();
}

function take(files) {
  for (const file of files) new Sending(file);
}

picker.addEventListener("change", () => {
  take(picker.files);
  picker.value = "";
});
form.addEventListener("submit", (event) => event.preventDefault());
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragover");
    if (kind === "drop") take(event.dataTransfer.files);
  });
}
addEventListener("beforeunload", (event) => {
  if (running) event.preventDefault();
});
take(globalThis.mypiDropped ?? []);
}
