// What somebody writes stays on this device until it has been sent, and a failed sending says so.
const prefix = "allting:";
const leaving = "allting-leaving";
const lifeMs = 24 * 60 * 60 * 1000;

function fields(form) {
  return [...form.querySelectorAll("textarea[name], input[type=text][name], input:not([type])[name]")];
}

function storage() {
  // A browser may refuse storage altogether; then nothing is kept, and nothing breaks.
  try { return window.sessionStorage; } catch { return null; }
}

function keep(form) {
  const written = Object.fromEntries(fields(form).map((field) => [field.name, field.value]));
  storage()?.setItem(prefix + form.dataset.keep, JSON.stringify({ at: Date.now(), written }));
}

function forget(form) {
  storage()?.removeItem(prefix + form.dataset.keep);
}

function restore(root) {
  for (const form of root.querySelectorAll("form[data-keep]")) {
    const kept = JSON.parse(storage()?.getItem(prefix + form.dataset.keep) ?? "null");
    if (!kept || Date.now() - kept.at > lifeMs) continue;
    for (const field of fields(form)) {
      if (field.value || !kept.written[field.name]) continue;
      field.value = kept.written[field.name];
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

function say() {
  const { notSent, stillHere } = document.body.dataset;
  const place = document.getElementById("notices");
  const bold = document.createElement("strong");
  bold.textContent = notSent;
  const body = document.createElement("div");
  body.className = "notice-body";
  body.append(bold, " ", stillHere);
  const notice = document.createElement("div");
  notice.tabIndex = -1;
  notice.className = "notice notice-error";
  notice.setAttribute("role", "alert");
  notice.append(body);
  place.replaceChildren(notice);
  notice.scrollIntoView({ block: "nearest" });
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-keep]");
  if (form) keep(form);
});
document.addEventListener("submit", (event) => {
  // Without htmx the page is left. Only the next page can tell whether it arrived.
  const form = event.target.closest("form[data-keep]");
  if (form && !form.hasAttribute("hx-post")) storage()?.setItem(leaving, form.dataset.keep);
});
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const form = ctx?.sourceElement?.closest?.("form[data-keep]");
  if (form && ctx.response?.status < 400) forget(form);
});
document.addEventListener("htmx:error", say);
document.addEventListener("htmx:after:swap", () => restore(document));

// What arrived is answered with a redirect. A form opened anew after the line broke is not: it gets its words back.
const [navigation] = performance.getEntriesByType("navigation");
const left = storage()?.getItem(leaving);
if (left && navigation?.redirectCount > 0) storage().removeItem(prefix + left);
storage()?.removeItem(leaving);
restore(document);
