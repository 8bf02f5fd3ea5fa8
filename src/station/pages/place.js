// Puts the screen in place whenever the station sends it drawn anew. Says at once when nothing comes any more, and tries
// again for ever: nobody at a bench presses reload.
"use strict";

const SILENCE_MS = 5000; // the station says "alive" every 2 s
const AGAIN_MS = 1000;

const screen = document.getElementById("screen");
const lost = document.getElementById("lost");
const build = () => screen.querySelector("[data-build]")?.dataset.build;
const drawn = build();
let source, silence;

function heard() {
  lost.hidden = true;
  document.body.classList.remove("lost");
  clearTimeout(silence);
  silence = setTimeout(dropped, SILENCE_MS);
}

function dropped() {
  lost.hidden = false;
  document.body.classList.add("lost");
  clearTimeout(silence);
  source.close();
  setTimeout(connect, AGAIN_MS);
}

function connect() {
  let first = true;
  source = new EventSource(document.body.dataset.live);
  source.addEventListener("alive", heard);
  source.addEventListener("screen", (event) => {
    screen.innerHTML = event.data;
    heard();
    // A newer station may draw what this page's style doesn't know.
    if (build() !== drawn) location.reload();
    document.dispatchEvent(new CustomEvent("drawn", { detail: { first } }));
    first = false;
  });
  source.onerror = dropped;
  silence = setTimeout(dropped, SILENCE_MS);
}

connect();
