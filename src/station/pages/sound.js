// The page as a speaker: of a place, for what is heard there, each prompt once and the newest at once; and of the list of all
// sounds. A browser plays nothing before somebody touched the page, so the switch says when that is still to be done.
"use strict";
{
  const KEPT = "milepost-sound";
  const loaded = new Map();
  let context, turn = 0, playing = [];

  function speaker() {
    if (!context) {
      context = new AudioContext();
      context.onstatechange = show;
    }
    return context;
  }

  function load(url) {
    if (!loaded.has(url)) {
      const sound = fetch(url).then((answer) => answer.arrayBuffer()).then((data) => speaker().decodeAudioData(data));
      // What the network lost is fetched again the next time.
      sound.catch(() => loaded.delete(url));
      loaded.set(url, sound);
    }
    return loaded.get(url);
  }

  async function say(urls) {
    const mine = ++turn;
    playing.forEach((source) => source.stop());
    playing = [];
    const sounds = await Promise.all(urls.map(load));
    if (mine !== turn) return;
    let at = speaker().currentTime;
    for (const sound of sounds) {
      const source = speaker().createBufferSource();
      source.buffer = sound;
      source.connect(speaker().destination);
      source.start(at);
      at += sound.duration;
      playing.push(source);
    }
  }

  // The list: each of its buttons names a file.
  for (const button of document.querySelectorAll("[data-play]")) {
    button.addEventListener("click", async () => {
      await speaker().resume();
      await say([button.dataset.play]);
    });
  }

  // A place: off until somebody wants it, for the bench's own speaker speaks already.
  const toggle = document.getElementById("sound");
  const heard = () => document.querySelector(".bench").dataset;
  const wanted = () => localStorage.getItem(KEPT) === "on";

  function show() {
    if (!toggle) return;
    const state = !wanted() ? "off" : context?.state === "running" ? "on" : "touch";
    toggle.dataset.state = state;
    toggle.setAttribute("aria-pressed", String(wanted()));
    toggle.textContent = toggle.dataset[state];
  }

  if (toggle) {
    let last = heard().heard;
    if (wanted()) speaker();
    show();
    document.addEventListener("pointerdown", () => wanted() && speaker().resume());
    toggle.addEventListener("click", async () => {
      localStorage.setItem(KEPT, wanted() ? "off" : "on");
      say([]);
      if (wanted()) await speaker().resume();
      show();
    });
    // What was said while the connection was away is old.
    document.addEventListener("drawn", ({ detail: { first } }) => {
      const { heard: now, sounds, voice } = heard();
      const fresh = now !== last && !first;
      last = now;
      if (fresh && wanted() && sounds) say(sounds.split(" ").map((name) => `/sounds/${voice}/${name}.wav`));
    });
  }
}
