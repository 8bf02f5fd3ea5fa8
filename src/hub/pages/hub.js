// Follows the hub: when it says that something changed, the page's live part is fetched anew and put in place.
"use strict";

const AGAIN_MS = 2000;
const lost = document.getElementById("lost");

async function refresh() {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
  // Whoever marks text to copy it keeps the mark.
  if (fresh && getSelection().isCollapsed) document.getElementById("live").replaceWith(fresh);
}

function connect() {
  const source = new EventSource("/live");
  source.addEventListener("open", () => {
    lost.hidden = true;
    refresh().catch(() => {});
  });
  source.addEventListener("changed", () => refresh().catch(() => {}));
  source.onerror = () => {
    lost.hidden = false;
    source.close();
    setTimeout(connect, AGAIN_MS);
  };
}

connect();
