/* In front of hosted documentation, which runs in a sandbox and so has no origin: themes and the
   search of Sphinx stop when localStorage throws, those of MkDocs when a Worker does.  What is kept
   here is kept until the page is left. */
"use strict";
{
  const keep = () => {
    const held = new Map();
    const storage = {
      getItem: (key) => held.get(String(key)) ?? null,
      setItem: (key, value) => void held.set(String(key), String(value)),
      removeItem: (key) => void held.delete(String(key)),
      clear: () => held.clear(),
      key: (place) => [...held.keys()][place] ?? null,
    };
    return Object.defineProperty(storage, "length", { get: () => held.size });
  };
  const give = (holder, name, value) => {
    try {
      void holder[name];
    } catch {
      Object.defineProperty(holder, name, { value, configurable: true, writable: true });
    }
  };
  give(window, "localStorage", keep());
  give(window, "sessionStorage", keep());
  give(document, "cookie", "");

  /* Below the bar with the versions this page is in a frame, where other sites are not shown. */
  if (window !== window.top) {
    addEventListener("click", (event) => {
      const link = event.target.closest?.("a[href]");
      if (link && /^https?:$/.test(link.protocol) && link.host !== location.host) {
        link.target = "_blank";
        link.relList.add("noopener");
      }
    }, true);
  }

  /* A worker's script must be of the page's own origin; one that the page makes up is, and may
     import the other.  Its addresses are then to be read from where the other lies. */
  const starting = (base) => {
    const whole = (address) => new URL(address, base).href;
    const { importScripts, fetch } = self;
    const open = XMLHttpRequest.prototype.open;
    self.importScripts = (...addresses) => importScripts(...addresses.map(whole));
    self.fetch = (what, ...more) => fetch(typeof what === "string" ? whole(what) : what, ...more);
    XMLHttpRequest.prototype.open = function (method, address, ...more) {
      return open.call(this, method, whole(address), ...more);
    };
  };
  if (self.origin === "null" && window.Worker) {
    window.Worker = class extends Worker {
      constructor(address, options) {
        const where = JSON.stringify(new URL(address, document.baseURI).href);
        const load = options?.type === "module" ? `import(${where})` : `importScripts(${where})`;
        const text = where.startsWith('"blob:') ? load : `(${starting})(${where}); ${load};`;
        const own = new Blob([text], { type: "text/javascript" });
        super(URL.createObjectURL(own), options);
      }
    };
  }
}
