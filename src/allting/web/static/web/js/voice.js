// Errors are said by the page, in its language and with its manners, not by the browser's own bubbles.
function quieten() {
  for (const form of document.querySelectorAll("form:not([novalidate])")) form.noValidate = true;
}

document.addEventListener("htmx:after:swap", quieten);
quieten();
