// Loaded by pages of others: gives the frames of this installation the height that they ask for, and tells them
// whether the page around them stays light. Nothing else.
(() => {
  const ours = new URL(document.currentScript.src).origin;
  const highest = 6000;
  // A page that says nothing of the dark is light for everybody; a dark frame would be a hole in it.
  const staysLight = !getComputedStyle(document.documentElement).colorScheme.includes("dark");

  const frames = () => [...document.querySelectorAll("iframe")].filter((frame) => {
    try { return new URL(frame.src).origin === ours; } catch { return false; }
  });

  window.addEventListener("message", (event) => {
    if (event.origin !== ours || event.data?.allting !== "height") return;
    const frame = frames().find((each) => each.contentWindow === event.source);
    const height = Number(event.data.height);
    if (!frame || !(height > 0)) return;
    frame.style.height = `${Math.min(height, highest)}px`;
    if (staysLight) event.source.postMessage({ allting: "stay light" }, ours);
  });

  // A frame that was there before this script has spoken already: ask it once more.
  for (const frame of frames()) frame.contentWindow?.postMessage({ allting: "height?" }, "*");
})();
