// Opens and closes dialogs where the browser does not know `command` yet.
const knowsCommands = "commandForElement" in HTMLButtonElement.prototype;

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener && !knowsCommands) document.getElementById(opener.dataset.opens)?.showModal();
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
});
