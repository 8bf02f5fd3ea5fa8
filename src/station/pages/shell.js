// Keeps this place's page for when there is no network, without anything of what is in hand: the station draws it empty.
// Browsers offer that over TLS and on the station's own machine; elsewhere all stays as it is.
"use strict";
{
  const CACHE = "milepost";

  async function keep() {
    const page = location.href.split("#")[0];
    const files = [...document.querySelectorAll("script[src]")].map((script) => script.src);
    files.push(...[...document.querySelectorAll("link[rel=stylesheet]")].map((sheet) => sheet.href));
    const kept = [page, ...files];
    const answers = await Promise.all([document.body.dataset.shell, ...files].map((url) => fetch(url)));
    if (!answers.every((answer) => answer.ok)) return;
    const cache = await caches.open(CACHE);
    await Promise.all(answers.map((answer, at) => cache.put(kept[at], answer)));
    // A screen belongs to one place: what another page or an older station needed goes.
    const old = (await cache.keys()).filter(({ url }) => !kept.includes(url));
    await Promise.all(old.map((request) => cache.delete(request)));
    document.body.dataset.kept = "";
  }

  if ("serviceWorker" in navigator && "caches" in window) {
    navigator.serviceWorker.register("/assets/worker.js", { scope: "/" })
      .then(() => navigator.serviceWorker.ready)
      .then(keep)
      // Without network, or in a browser that keeps nothing: the page that is open works all the same.
      .catch(() => {});
  }
}
