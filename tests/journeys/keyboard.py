"""What a person without a mouse meets on a page."""

from __future__ import annotations

from playwright.sync_api import Page

# One stop of the Tab key for each of these; of a group of radio buttons, one for the whole group.
STOPS = """() => {
  const stops = [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')].filter(e =>
      e.tabIndex >= 0 && !e.disabled && e.checkVisibility({visibilityProperty: true}));
  const groups = new Set();
  window.stops = stops.filter(e => {
    if (e.type !== 'radio') return true;
    const key = (e.form ? [...document.forms].indexOf(e.form) : '') + e.name;
    if (groups.has(key)) return false;
    groups.add(key); return true; });
  window.met = new Set(); window.unseen = [];
  const name = e => (e.outerHTML || '').replace(/\\s+/g, ' ').slice(0, 110);
  document.addEventListener('focusin', event => {
    if (event.target.tabIndex < 0) return;  // led to by a link, no stop of its own
    const e = event.target, group = e.type === 'radio' ? e.name : null;
    window.met.add(e);
    if (group !== null) window.stops.filter(s => s.type === 'radio' && s.name === group && s.form === e.form)
      .forEach(s => window.met.add(s));
    const shown = [e, e.closest('label'), e.parentElement].some(s => { if (!s) return false;
      const style = getComputedStyle(s);
      return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'; });
    const box = e.getBoundingClientRect();
    if (!shown || box.width < 1 || box.height < 1) window.unseen.push(name(e));
  });
  window.left = () => window.stops.filter(e => !window.met.has(e)).map(name);
  const days = stops.filter(e => ['date', 'datetime-local', 'time', 'month'].includes(e.type));
  return stops.length + 7 * days.length; }"""  # a day has a stop for each of its parts


def check_keyboard(page: Page) -> list[str]:
    """Every stop is reached by Tab, shows that it has the focus, and lets go of it; the first one skips to the content."""
    told = []
    number = page.evaluate(STOPS)
    if page.evaluate("document.activeElement === document.body"):
        page.keyboard.press("Tab")
        if not page.evaluate("document.activeElement.matches('a.skip')"):
            told.append("the first stop is not the link that skips to the content")
        page.keyboard.press("Enter")
        if not page.evaluate("document.activeElement.id === 'main' && location.hash === '#main'"):
            told.append("the link that skips to the content does not lead there")
    for press in range(number + 5):
        page.keyboard.press("Tab")
        if press % 10 == 9 and not page.evaluate("window.left().length"):
            break
    told += [f"not reached by Tab: {one}" for one in page.evaluate("window.left()")]
    told += [f"has the focus and does not show it: {one}" for one in page.evaluate("[...new Set(window.unseen)]")]
    return told
