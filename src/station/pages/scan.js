// A hand-held's scans: what its built-in scanner types goes into the browser's own store first and to the station then, one
// after another and as often as it takes, each under an id of its own. The station says what it came to; until then there is
// no OK. Without a network scanning goes on.
"use strict";
{
  const AGAIN_MS = 1000;
  const PATIENCE_MS = 12000; // longer than the station's own
  const TREMBLE_MS = 150; // one trigger, two reads
  const REFUSED_SHOWN = 20;

  const form = document.getElementById("hand");
  const input = document.getElementById("scan");
  const waiting = document.getElementById("waiting");
  const refused = document.getElementById("refused");
  const { to, token, lang } = form.dataset;
  const said = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // The store.
  const opened = new Promise((resolve, reject) => {
    const request = indexedDB.open("milepost", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("scans", { keyPath: "n", autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  async function store(mode, work) {
    const transaction = (await opened).transaction("scans", mode, { durability: "strict" });
    const request = work(transaction.objectStore("scans"));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
    return request.result;
  }

  const all = () => store("readonly", (scans) => scans.getAll());

  function id() {
    const random = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // What is still to be sent. One place's scans never become another's.
  let sending = false, retry;

  async function show() {
    const scans = await all();
    const own = scans.filter((scan) => scan.to === to);
    const other = scans.length - own.length;
    const texts = [];
    if (own.length > 0 && (stuck || own.length > 1)) texts.push(said(form.dataset.waiting, { count: own.length }));
    if (other > 0) texts.push(said(form.dataset.elsewhere, { count: other }));
    waiting.textContent = texts.join(" · ");
    waiting.hidden = texts.length === 0;
    waiting.dataset.count = own.length;
  }

  let stuck = false;

  // "taken" with what it came to, "never" where sending it again changes nothing, or "later".
  async function send(scan) {
    const body = JSON.stringify({ id: scan.id, text: scan.text });
    const headers = { "content-type": "application/json", "x-milepost-page": token };
    try {
      const answer = await fetch(to, { method: "POST", headers, body, signal: AbortSignal.timeout(PATIENCE_MS) });
      if (answer.ok) return { state: "taken", answer: await answer.json() };
      if (answer.status === 422 || answer.status === 413) return { state: "never" };
      // Not paired any more, or a newer station's page: the page says what to do.
      if (answer.status === 403 || answer.status === 401) location.reload();
    } catch {
      // No network, or no answer in time: it is sent again, and taken once.
    }
    return { state: "later" };
  }

  async function drain() {
    if (sending) return;
    sending = true;
    clearTimeout(retry);
    try {
      let behind = false;
      for (;;) {
        const next = (await all()).find((scan) => scan.to === to);
        if (!next) break;
        const { state, answer } = await send(next);
        if (state === "later") {
          stuck = true;
          retry = setTimeout(drain, AGAIN_MS);
          break;
        }
        await store("readwrite", (scans) => scans.delete(next.n));
        // Whoever scanned it is two shelves further by now.
        behind = behind || stuck;
        stuck = false;
        const bad = state === "never" || answer.tone === "stop" || answer.tone === "warn";
        if (bad && behind) tell(next.text, answer ? answer[lang] : form.dataset.unsaved);
        await show();
      }
    } finally {
      sending = false;
      await show();
    }
  }

  function tell(code, answer) {
    const line = document.createElement("li");
    const what = document.createElement("span"), which = document.createElement("code");
    what.textContent = answer;
    which.textContent = code.startsWith("@@B") ? "@@B" : code.slice(0, 40);
    line.append(what, which);
    const list = refused.querySelector("ol");
    list.append(line);
    while (list.children.length > REFUSED_SHOWN) list.firstChild.remove();
    refused.querySelector("p").textContent = said(form.dataset.refused, { count: list.children.length });
    refused.hidden = false;
  }

  document.getElementById("seen").addEventListener("click", () => {
    refused.querySelector("ol").replaceChildren();
    refused.hidden = true;
    hold();
  });

  let last = { text: "", at: 0 };

  async function scanned(text) {
    const now = performance.now();
    const twice = text === last.text && now - last.at < TREMBLE_MS;
    last = { text, at: now };
    if (text === "" || twice) return;
    try {
      await store("readwrite", (scans) => scans.add({ id: id(), to, text, at: Date.now() }));
    } catch {
      tell(text, form.dataset.unsaved);
      return;
    }
    await show();
    drain();
  }

  // The built-in scanner types into whatever has the focus, and ends with Enter or Tab; some put the text in at once.
  function take() {
    const lines = input.value.split(/[\r\n\t]+/);
    input.value = "";
    lines.map((line) => line.trim()).forEach(scanned);
  }

  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Tab") return;
    event.preventDefault();
    take();
  });
  input.addEventListener("input", () => /[\r\n\t]/.test(input.value) && take());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take();
  });

  // A scan is never lost to a page that doesn't listen.
  const hold = () => input.focus({ preventScroll: true });
  input.addEventListener("blur", () => setTimeout(hold, 0));
  document.addEventListener("click", hold);
  document.addEventListener("visibilitychange", hold);

  // A damaged code is typed.
  const keys = document.getElementById("keys");
  keys.addEventListener("click", () => {
    const on = input.inputMode === "none";
    input.inputMode = on ? "text" : "none";
    keys.setAttribute("aria-pressed", String(on));
    input.blur();
    hold();
  });

  window.addEventListener("online", drain);
  hold();
  // What is there already was scanned before this page: its answers are news.
  all().then((scans) => {
    stuck = scans.length > 0;
    show();
    drain();
  });
}
