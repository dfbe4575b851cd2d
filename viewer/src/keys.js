// Everything by keyboard. Single letters can be switched off (they would disturb who dictates); the browser remembers it.
const KEPT = "single-keys"; // the score sheet asks the same

export function listen(viewer) {
  const keys = document.getElementById("lv-single-keys");
  try { keys.checked = window.localStorage.getItem(KEPT) !== "off"; } catch (error) { /* no storage: on */ }
  keys.addEventListener("change", () => {
    try { window.localStorage.setItem(KEPT, keys.checked ? "on" : "off"); } catch (error) { /* not kept */ }
  });

  document.addEventListener("keydown", (event) => {
    const at = event.target, pane = viewer.active;
    if (event.altKey || event.ctrlKey || event.metaKey || !pane.head) return;
    const inPane = at === pane.screen, nowhere = at === document.body || at.id === "main";
    const typing = at.matches("input:not([type=checkbox]), textarea, select");
    const arrows = inPane || nowhere;
    if (arrows && (pane.cursor ? withCursor(viewer, pane, event) : moving(viewer, pane, event))) return event.preventDefault();
    if (typing || !keys.checked || !(inPane || nowhere || viewer.root.contains(at))) return;
    if (event.key === " " && !arrows) return; // it presses the button that has the focus
    if (letter(viewer, pane, event.key)) event.preventDefault();
  });
}

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function withCursor(viewer, pane, event) {
  const way = WAYS[event.key], far = event.shiftKey ? 10 : 1;
  if (way) viewer.move(pane, way[0] * far, way[1] * far);
  else if (event.key === "Enter") viewer.take(pane);
  else if (event.key === "Escape") { viewer.drop(pane); viewer.say("The cursor is gone."); }
  else return false;
  return true;
}

function moving(viewer, pane, event) {
  const way = WAYS[event.key];
  if (way && event.shiftKey) { pane.pan(-way[0] * 20, -way[1] * 20); return true; }
  if (way) { viewer.step(pane, way[0] + way[1]); return true; }
  const far = { PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity }[event.key];
  if (far) { viewer.step(pane, Math.max(-1e6, Math.min(1e6, far))); return true; }
  if (event.key === "Enter" && ["length", "point"].includes(viewer.tool)) { viewer.cursor(pane); return true; }
  if (event.key === "Escape") { viewer.drop(pane); return true; }
  return false;
}

const LETTERS = {
  "+": ["in"], "=": ["in"], "-": ["out"], i: ["invert"], r: ["reset"], b: ["two"], x: ["other"], g: ["together"], " ": ["play"],
  w: ["tool", "window"], v: ["tool", "pan"], z: ["tool", "zoom"], s: ["tool", "scroll"], l: ["cursor", "length"], p: ["cursor", "point"],
  f: ["finding"], q: ["back"],
};

function letter(viewer, pane, key) {
  const by = pane.step * 8;
  const change = { "[": [0, -by], "]": [0, by], ",": [-by, 0], ".": [by, 0] }[key];
  if (change) pane.widen(...change);
  else if (/^[0-9]$/.test(key)) viewer.do("window", key);
  else if (key === "<") viewer.faster(-1);
  else if (key === ">") viewer.faster(1);
  else if (key === "?") document.getElementById("lv-keys").toggleAttribute("open");
  else if (LETTERS[key.toLowerCase()]) viewer.do(...LETTERS[key.toLowerCase()]);
  else return false;
  return true;
}
