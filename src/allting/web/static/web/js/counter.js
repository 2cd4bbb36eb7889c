// Keeps “25 of 200” right while writing. The words come from the page, in its language.
function count(field) {
  const counter = document.querySelector(`[data-counts="${CSS.escape(field.id)}"]`);
  if (!counter) return;
  const limit = Number(counter.dataset.limit);
  // A line break is one character to the reader and to the server's limit.
  const written = [...field.value].length;
  const words = written > limit ? counter.dataset.over : counter.dataset.words;
  counter.textContent = words
    .replace("{count}", written)
    .replace("{limit}", limit)
    .replace("{over}", written - limit);
  counter.classList.toggle("counter-over", written > limit);
}

document.addEventListener("input", (event) => {
  if (event.target.id) count(event.target);
});
