// Photos of the return in hand: each goes to the station at once, and counts when it says so. What can't be sent is said and not
// kept: it would be another return's by the time there is a network again.
"use strict";
{
  const PATIENCE_MS = 60000; // 5 MB over a slow network
  const box = document.getElementById("photo");
  const input = document.getElementById("picture");
  const said = document.getElementById("photo-said");
  const bench = () => document.querySelector("#screen .bench");

  function show() {
    const { returned } = bench().dataset;
    if (box.dataset.of !== (returned ?? "")) said.textContent = "";
    box.dataset.of = returned ?? "";
    box.hidden = !returned;
  }

  async function send(file) {
    const url = `${box.dataset.to}?return=${encodeURIComponent(box.dataset.of)}`;
    const headers = { "content-type": "application/octet-stream", "x-milepost-page": box.dataset.token };
    said.textContent = box.dataset.sending;
    try {
      const answer = await fetch(url, { method: "POST", headers, body: file, signal: AbortSignal.timeout(PATIENCE_MS) });
      const told = await answer.json();
      said.textContent = answer.ok ? told[box.dataset.lang] : answer.status === 503 ? box.dataset.unsent : box.dataset.refused;
    } catch {
      said.textContent = box.dataset.unsent;
    }
  }

  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = "";
    for (const file of files) await send(file);
  });
  document.addEventListener("drawn", show);
  show();
}
