// A summary of errors takes the focus; the menu closes by Escape and by pressing elsewhere.
function takeFocus() {
  document.querySelector("[data-takes-focus]")?.focus();
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll(".header-menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const summary = document.querySelector(".header-menu[open] > summary");
  closeMenus(null);
  summary?.focus();
});
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("htmx:after:swap", takeFocus);

takeFocus();
