// Inside a frame on another site: says how high the page is, and keeps the ticket for the next visit of this frame.
// Both are comforts. Without them the frame scrolls, and what was answered is carried from form to form.
const prefix = "allting:ticket:";

function storage() {
  // Browsers that block what third parties keep refuse this; then the next visit begins anew.
  try { return window.localStorage; } catch { return null; }
}

function kept(conversation) {
  try { return storage()?.getItem(prefix + conversation) ?? null; } catch { return null; }
}

function keep() {
  // Only after an answer: who merely looks leaves nothing on the device.
  const acted = document.querySelector("[data-ticket]");
  const forgets = document.querySelector("[data-forgets]");
  try {
    if (acted) storage()?.setItem(prefix + acted.dataset.conversation, acted.dataset.ticket);
    if (forgets) storage()?.removeItem(prefix + forgets.dataset.forgets);
  } catch { /* full or refused: the same as not kept */ }
}

function goOn() {
  const form = document.querySelector("form[data-resume]");
  const ticket = form && kept(form.dataset.resume);
  if (!ticket) return;
  form.elements.ticket.value = ticket;
  // Before the page has loaded this takes its place in the history: the way back leads out of the frame.
  form.submit();
}

function sayHeight() {
  if (window.parent === window) return;
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  // To whoever frames us: the policy of this page lets only named sites do that, and a height is no secret.
  window.parent.postMessage({ allting: "height", height }, "*");
}

goOn();
keep();
document.addEventListener("htmx:after:swap", keep);
window.addEventListener("message", (event) => {
  if (event.source !== window.parent) return;
  if (event.data?.allting === "height?") sayHeight();
  if (event.data?.allting === "stay light") document.body.classList.add("embed-light");
});
new ResizeObserver(sayHeight).observe(document.documentElement);
