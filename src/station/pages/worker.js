// Opens a place's page where there is no network, as shell.js kept it. Whatever the station answers comes first: what was kept
// is shown only when nothing comes, and then with the scripts it was kept with.
"use strict";

const CACHE = "milepost";
const PATIENCE_MS = 4000; // a station answers within milliseconds, or is out of reach

// Windows whose page was the kept one.
const away = new Set();

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && (pathname === "/" || /^\/places\/[^/]+$/.test(pathname))) {
    event.respondWith(page(request, event.resultingClientId));
  } else if (pathname.startsWith("/assets/")) {
    event.respondWith(asset(request, event.clientId));
  }
});

async function page(request, window) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    // No screen of this station's any more: nothing of it is shown again.
    if (answer.status === 401) await caches.delete(CACHE);
    return answer;
  } catch (error) {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(request.url, { ignoreSearch: true });
    if (kept) {
      away.add(window);
      return kept;
    }
    // The list of places is the screen's own place.
    const own = (await cache.keys()).find(({ url }) => new URL(url).pathname.startsWith("/places/"));
    if (own && new URL(request.url).pathname === "/") return Response.redirect(own.url);
    throw error;
  }
}

async function asset(request, window) {
  const kept = async () => (await caches.open(CACHE)).match(request.url);
  if (away.has(window)) return (await kept()) ?? fetch(request);
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    const found = await kept();
    if (found) return found;
    throw error;
  }
}
