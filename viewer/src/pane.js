// One stack of slices in one place of the page: which slice is shown, in which window, how far zoomed, with which marks over it.
import { Enums, cache, imageLoader } from "@cornerstonejs/core";
import { headOf, idOf } from "./frames.js";

const NEAR = 40; // slices fetched around the one that is shown, before the rest

export class Pane {
  constructor(engine, id, place, told) {
    this.place = place;
    this.screen = place.querySelector(".lv-screen");
    this.svg = place.querySelector("svg");
    this.told = told; // called when anything changed that others show
    this.window = null; // null: the image's own
    this.inverted = false;
    this.index = 0;
    this.shown = -1;
    this.marks = [];
    this.slices = [];
    engine.enableElement({ viewportId: id, type: Enums.ViewportType.STACK, element: this.screen });
    this.screen.tabIndex = 0; // which the library has taken away
    this.viewport = engine.getViewport(id);
    this.screen.addEventListener(Enums.Events.IMAGE_RENDERED, () => this.rendered());
  }

  // ---------------------------------------------------------------- the stack
  async open(stack, index) {
    this.stack = stack;
    this.slices = stack.images.flatMap(([image, frames]) => Array.from({ length: frames }, (_, n) => ({ image, frame: n + 1 })));
    this.ids = this.slices.map(({ image, frame }) => idOf(stack.series, image, frame));
    this.window = null;
    this.inverted = false;
    this.shown = -1;
    this.index = this.within(index);
    this.screen.dataset.slice = "";
    const before = this.index;
    try {
      await this.viewport.setStack(this.ids, before);
      this.broken("");
    } catch (error) {
      this.broken(error.message || String(error.error?.message || ""));
    }
    this.shown = before;
    this.dress();
    await this.show(this.index);
    this.fetchAround();
  }

  within(index) {
    return Math.max(0, Math.min(this.slices.length - 1, index));
  }

  /** The last one that was asked for is shown; those between may be left out. */
  show(index) {
    this.index = this.within(index);
    this.busy ||= this.follow().finally(() => { this.busy = null; });
    this.told(this);
    return this.busy;
  }

  async follow() {
    while (this.shown !== this.index) {
      const wanted = this.index;
      try {
        await this.viewport.setImageIdIndex(wanted);
        this.broken("");
      } catch (error) {
        this.broken(error?.message || error?.error?.message || "This image could not be shown.");
      }
      this.shown = wanted;
      this.dress();
    }
    this.fetchAround();
  }

  // Another slice's picture must never stand under this slice's number.
  broken(sentence) {
    this.problem = sentence;
    this.screen.classList.toggle("lv-broken", Boolean(sentence));
    if (sentence) { this.screen.dataset.slice = String(this.index + 1); this.told(this); }
  }

  async fetchAround() {
    const turn = (this.turn = (this.turn || 0) + 1);
    const order = this.ids.map((_, i) => i).sort((a, b) => Math.abs(a - this.shown) - Math.abs(b - this.shown));
    const waiting = order.filter((i) => !cache.getImageLoadObject(this.ids[i]));
    const most = cache.getMaxCacheSize() * 0.8;
    const one = async () => {
      while (waiting.length && turn === this.turn && cache.getCacheSize() < most) {
        const next = waiting.shift();
        await imageLoader.loadAndCacheImage(this.ids[next]).catch(() => cache.removeImageLoadObject(this.ids[next], { force: true }));
      }
    };
    await Promise.all(waiting.length > NEAR ? [one(), one(), one()] : [one(), one()]);
  }

  get slice() { return this.slices[this.index]; }
  get head() { return headOf(this.ids?.[this.shown]); }

  // ---------------------------------------------------------------- how it is shown
  get range() {
    return this.window || (this.head ? { low: this.head.low, high: this.head.high } : { low: 0, high: 1 });
  }

  /** Window and inversion are asked for anew for each slice: an image has a window of its own. */
  dress() {
    const head = this.head;
    if (!head || this.problem) return;
    const { low, high } = this.range;
    this.viewport.setProperties({ voiRange: { lower: low, upper: high }, invert: Boolean(head.invert) !== this.inverted });
    this.viewport.render();
    this.told(this);
  }

  setWindow(window) { this.window = window; this.dress(); }
  widen(byCentre, byWidth) {
    const { low, high } = this.range;
    const width = Math.max(1e-3, high - low + byWidth), centre = (low + high) / 2 + byCentre;
    this.setWindow({ low: centre - width / 2, high: centre + width / 2 });
  }

  /** How far one step of the hand or of a key changes a window, by the breadth of what is shown. */
  get step() {
    const own = this.head ? this.head.high - this.head.low : 256;
    return Math.max(own / 256, 0.01);
  }

  invert() { this.inverted = !this.inverted; this.dress(); }

  zoom(factor) {
    this.viewport.setZoom(Math.max(0.02, Math.min(200, this.viewport.getZoom() * factor)));
    this.viewport.render();
  }

  pan(dx, dy) {
    const middle = [this.screen.clientWidth / 2 - dx, this.screen.clientHeight / 2 - dy];
    this.viewport.setCamera({ focalPoint: this.viewport.canvasToWorld(middle) });
    this.viewport.render();
  }

  reset() {
    this.window = null;
    this.inverted = false;
    this.viewport.resetCamera();
    this.dress();
  }

  resized() {
    if (!this.head) return;
    this.viewport.resetCamera();
    this.viewport.render();
  }

  rendered() {
    if (this.shown === this.index) this.screen.dataset.slice = String(this.shown + 1);
    this.draw();
  }

  // ---------------------------------------------------------------- columns and rows
  get spacing() { return this.head?.spacing || [1, 1]; }

  toPixel([x, y]) {
    const [down, across] = this.spacing, world = this.viewport.canvasToWorld([x, y]);
    return [world[0] / across, world[1] / down];
  }

  toScreen([column, row]) {
    const [down, across] = this.spacing;
    return this.viewport.worldToCanvas([column * across, row * down, 0]);
  }

  clamp([column, row]) {
    return [Math.max(0, Math.min(this.head.columns, column)), Math.max(0, Math.min(this.head.rows, row))];
  }

  get middle() { return this.clamp(this.toPixel([this.screen.clientWidth / 2, this.screen.clientHeight / 2]).map(Math.floor)); }

  length([a, b]) {
    const head = this.head, [down, across] = head.spacing || [1, 1];
    const size = Math.hypot((a[0] - b[0]) * across, (a[1] - b[1]) * down);
    return `${size.toFixed(1)} ${head.spacing ? "mm" : "pixels"}`;
  }

  // ---------------------------------------------------------------- marks
  draw() {
    if (!this.screen.clientWidth) return; // hidden: nothing has a place
    if (!this.head || this.problem) { this.svg.replaceChildren(); return; }
    const here = this.marks.filter((one) => one.image === this.slice.image && one.frame === this.slice.frame);
    const drawn = here.map((one, n) => this.shape(one.points, one.points.length > 1 ? one.short : `${n + 1}`, one.own ? "own" : "others"));
    if (this.draft) drawn.push(this.shape(this.draft, this.draft.length > 1 ? this.length(this.draft) : "", "draft"));
    if (this.cursor) drawn.push(this.cross(this.cursor));
    this.svg.replaceChildren(...drawn.flat());
  }

  shape(points, words, kind) {
    const [from, to] = points.map((point) => this.toScreen(point));
    const drawn = to ? [element("line", { x1: from[0], y1: from[1], x2: to[0], y2: to[1], class: kind })] : [];
    for (const [x, y] of to ? [from, to] : [from]) drawn.push(element("circle", { cx: x, cy: y, r: to ? 3 : 9, class: kind }));
    const at = to || from;
    const right = at[0] > this.screen.clientWidth - 110; // else the words would end outside
    const text = element("text", { x: at[0] + (right ? -12 : 12), y: at[1] - 8, class: kind, "text-anchor": right ? "end" : "start" });
    text.textContent = words;
    return [...drawn, text];
  }

  cross(point) {
    const [x, y] = this.toScreen(point);
    return [element("path", { d: `M${x - 14} ${y}h10m8 0h10M${x} ${y - 14}v10m0 8v10`, class: "cursor" })];
  }
}

function element(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
