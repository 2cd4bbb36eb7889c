// A letter presses the button that asks for it (data-key), unless somebody is writing or a dialog is open.
const writing = "input, textarea, select, [contenteditable], dialog[open] *";

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(writing)) return;
  if (document.querySelector("dialog[open]")) return;
  // Space presses what has the focus, if that can be pressed.
  if (event.key === " " && event.target.closest?.("button, a, summary")) return;
  const button = [...document.querySelectorAll("[data-key]")].find(
    (candidate) => candidate.dataset.key.toLowerCase() === event.key.toLowerCase(),
  );
  if (!button || button.disabled) return;
  event.preventDefault();
  button.classList.add("is-pressed");
  setTimeout(() => button.classList.remove("is-pressed"), 600);
  button.click();
});
