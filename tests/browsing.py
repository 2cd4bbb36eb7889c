"""What every page must be in a real browser: it fits, can be hit, and can be read."""

from __future__ import annotations

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

# For looking at: a folder that gets a picture of every page that a test looked at.
PICTURES = os.environ.get("ALLTING_TEST_PICTURES", "")

# What a page must be at every width; each answer is a list of offenders.
MEASURES = """() => {
  const shown = (e) => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && !e.closest('.visually-hidden, .skip-link'); };
  const say = (e) => `${e.tagName}.${e.getAttribute('class') || ''} ${(e.textContent || '').trim().slice(0, 30)}`;
  const inText = (e) => e.matches('p a, li a, td a, th a, .notice a') && getComputedStyle(e).display.startsWith('inline');
  const targets = [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary, label.choice')];
  return {
    overflow: document.documentElement.scrollWidth > window.innerWidth ? ['the page is wider than the window'] : [],
    small_targets: targets.filter((e) => shown(e) && !inText(e) && !(e.tagName === 'INPUT' && e.closest('label.choice')))
      .filter((e) => { const r = e.getBoundingClientRect(); return r.height < 44 || r.width < 44; }).map(say),
    small_text: [...document.querySelectorAll('body *')]
      .filter((e) => shown(e) && !e.matches('.mark-letter, title') && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
      .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 14).map(say),
    inline_styles: [...document.querySelectorAll('[style]')].map(say),
  };
}"""  # noqa: E501

# What still moves or fades is between two states, and is neither's contrast nor size.
_ARRIVED = """async () => {
  const moving = () => document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime !== Infinity);
  const settled = () => Promise.allSettled(moving().map((each) => each.finished));
  const enough = performance.now() + 3000;
  while (moving().length && performance.now() < enough)
    await Promise.race([settled(), new Promise((go) => setTimeout(go, 300))]);
}"""


def complaints_about(page: Page) -> dict[str, list[object]]:
    """Return what is wrong with the page that the browser shows, by axe's rules and our own; empty if nothing is.

    The context needs `bypass_csp=True`: axe brings its own script, which our policy for contents would refuse.
    """
    page.evaluate(_ARRIVED)
    found: dict[str, list[object]] = {name: each for name, each in page.evaluate(MEASURES).items() if each}
    for violation in Axe().run(page).response["violations"]:
        found[violation["id"]] = [node["target"] for node in violation["nodes"]]
    return found


def look(page: Page, name: str) -> None:
    """Fail on anything that overflows, is too small to hit or cannot be read."""
    found = complaints_about(page)
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True, caret="initial")
    assert found == {}, name


def press_and_wait(page: Page, key: str) -> None:
    """Press a key on the page of a conversation and wait for the next statement."""
    words = page.locator("#statement-words")
    before = words.inner_text()
    page.keyboard.press(key)
    expect(words).not_to_have_text(before)
