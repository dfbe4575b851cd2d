// Mouse, pen and fingers over a pane. One finger or the left button does what the chosen tool says; two fingers zoom and move; the
// wheel goes through the slices.
const TURN = 40; // how far a wheel turns from slice to slice
const STILL = 4; // a hand that moved less has clicked

export function follow(pane, viewer) {
  const screen = pane.screen, down = new Map();
  let turned = 0, moved = 0, gap = 0;

  const at = (event) => {
    const box = screen.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const toolOf = (event) => (event.button === 1 ? "pan" : event.button === 2 ? "zoom" : event.shiftKey ? "pan" : viewer.tool);

  screen.addEventListener("contextmenu", (event) => event.preventDefault());

  screen.addEventListener("pointerdown", (event) => {
    if (!pane.head) return;
    viewer.activate(pane);
    screen.setPointerCapture(event.pointerId);
    down.set(event.pointerId, { at: at(event), tool: toolOf(event) });
    moved = 0;
    gap = between(down);
    if (down.size === 1) begin(down.get(event.pointerId).tool, at(event));
    else viewer.drop(pane);
    if (event.button === 1) event.preventDefault();
  });

  screen.addEventListener("pointermove", (event) => {
    const one = down.get(event.pointerId);
    if (!one) { if (pane.draft && viewer.waits === pane) viewer.stretch(pane, pane.clamp(pane.toPixel(at(event)))); return; }
    const now = at(event), dx = now[0] - one.at[0], dy = now[1] - one.at[1];
    one.at = now;
    moved += Math.abs(dx) + Math.abs(dy);
    if (down.size > 1) return twoFingers(dx, dy);
    drag(one.tool, dx, dy, now);
  });

  const up = (event) => {
    const one = down.get(event.pointerId);
    if (!one) return;
    down.delete(event.pointerId);
    gap = between(down);
    if (event.type === "pointerup" && down.size === 0) end(one.tool, one.at);
  };
  screen.addEventListener("pointerup", up);
  screen.addEventListener("pointercancel", up);

  screen.addEventListener("wheel", (event) => {
    if (!pane.head) return;
    event.preventDefault();
    if (event.ctrlKey) return pane.zoom(Math.exp(-event.deltaY / 400));
    turned += event.deltaY;
    if (Math.abs(turned) < TURN) return;
    viewer.step(pane, Math.sign(turned));
    turned = 0;
  }, { passive: false });

  function begin(tool, place) {
    if (tool === "length" && viewer.waits !== pane) viewer.begin(pane, pane.clamp(pane.toPixel(place)));
  }

  function drag(tool, dx, dy, place) {
    if (tool === "window") pane.widen(dy * pane.step, dx * pane.step);
    else if (tool === "pan") pane.pan(dx, dy);
    else if (tool === "zoom") pane.zoom(Math.exp(-dy / 150));
    else if (tool === "scroll") {
      turned += dy;
      if (Math.abs(turned) > 6) { viewer.step(pane, Math.sign(turned)); turned = 0; }
    } else if (tool === "length") viewer.stretch(pane, pane.clamp(pane.toPixel(place)));
  }

  function end(tool, place) {
    const point = pane.clamp(pane.toPixel(place));
    if (tool === "point" && moved < STILL) viewer.keep(pane, [point]);
    if (tool !== "length" || !pane.draft) return;
    if (moved < STILL && viewer.waits !== pane) viewer.waits = pane; // a click: the other end comes with the next
    else viewer.keep(pane, [pane.draft[0], point]);
  }

  function twoFingers(dx, dy) {
    const now = between(down);
    if (gap && now) pane.zoom(now / gap);
    gap = now;
    pane.pan(dx / 2, dy / 2);
  }
}

function between(down) {
  if (down.size < 2) return 0;
  const [a, b] = [...down.values()].map((one) => one.at);
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
