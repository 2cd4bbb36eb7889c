// Counts the choices on a ballot and answers when the limit is full. Without it the server does both.

for (const form of document.querySelectorAll("[data-ballot]")) {
  const limit = Number(form.dataset.limit);
  const boxes = [...form.querySelectorAll("input[type=checkbox][name=options]")];
  // Ticked on other pages of a long ballot: they travel along and count.
  const elsewhere = form.querySelectorAll("input[type=hidden][name=options]").length;
  const picked = () => elsewhere + boxes.filter((box) => box.checked).length;
  const notice = form.querySelector("[data-full-notice]");
  const words = form.querySelector("[data-full-words]");
  const count = form.querySelector("[data-count]");

  const show = () => {
    const chosen = picked();
    const left = limit - chosen;
    count.replaceChildren();
    const strong = document.createElement("strong");
    strong.textContent = form.dataset.one.replace("{chosen}", chosen);
    const rest = left > 0 ? form.dataset.left.replace("{left}", left) : form.dataset.used;
    count.append(strong, " ", rest);
    for (const box of boxes) {
      const row = box.closest(".choice");
      const isHeldBack = left <= 0 && !box.checked;
      row.classList.toggle("choice-dashed", isHeldBack);
      let hint = row.querySelector(".ballot-hint");
      if (!hint) {
        hint = document.createElement("span");
        hint.className = "choice-help ballot-hint";
        row.querySelector(".choice-words").append(hint);
      }
      hint.textContent = isHeldBack ? form.dataset.letGo : "";
    }
    if (left > 0) notice.hidden = true;
  };

  form.addEventListener("change", (event) => {
    const box = event.target;
    if (!boxes.includes(box)) return;
    if (box.checked && picked() > limit) {
      box.checked = false;
      notice.hidden = false;
      words.textContent = "";
      // Set after the notice is visible, so that it is read aloud.
      requestAnimationFrame(() => { words.textContent = form.dataset.full; });
      notice.scrollIntoView({ block: "nearest" });
    }
    show();
  });
  show();
}
