// While a form is on its way its button says so (class is-sending), and a second press sends nothing.
const giveUpMs = 10000;

function rest(form) {
  form?.classList.remove("is-sending");
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.classList.contains("is-sending")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.classList.add("is-sending");
    setTimeout(() => rest(form), giveUpMs);
  },
  true,
);
for (const end of ["htmx:after:request", "htmx:error"]) {
  document.addEventListener(end, (event) => rest(event.detail.ctx?.sourceElement ?? event.target.closest?.("form")));
}
// The way back shows the page as it was left.
window.addEventListener("pageshow", () => document.querySelectorAll(".is-sending").forEach(rest));
