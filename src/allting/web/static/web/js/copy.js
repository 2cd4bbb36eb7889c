// Copies an address, and says so on the button. Hidden where the browser cannot copy.
function show(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const words = button.querySelector(".button-words");
  const before = words.textContent;
  words.textContent = button.dataset.copied;
  document.getElementById("live").textContent = button.dataset.copied;
  setTimeout(() => { words.textContent = before; }, 2000);
});

show(document);
document.addEventListener("htmx:after:swap", () => show(document));
