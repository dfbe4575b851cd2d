// The interactive viewer. The page works without it: what is here takes the place of the picture and its links, once the first image is shown.
import { RenderingEngine, cache, init, setUseCPURendering } from "@cornerstonejs/core";
import { readFrom } from "./frames.js";
import { follow } from "./hand.js";
import { listen } from "./keys.js";
import { Marks } from "./marks.js";
import { Pane } from "./pane.js";

const MEMORY = 768 * 1024 * 1024; // of decoded slices
const WINDOW = { min: 1, max: 60 };

class Viewer {
  constructor(root) {
    this.root = root;
    this.tool = "window";
    this.marks = new Marks(root, document.querySelector("#mark-form [name=csrfmiddlewaretoken]").value);
    const here = JSON.parse(document.getElementById("viewer-stack").textContent);
    this.stacks = new Map([[here.series, here]]);
    const engine = new RenderingEngine("looking");
    this.panes = [...root.querySelectorAll(".lv-pane")].map((place, n) => new Pane(engine, `pane-${n}`, place, (pane) => this.tell(pane)));
    this.engine = engine;
    this.active = this.panes[0];
    this.rate = root.querySelector("#lv-rate");
    this.slider = root.querySelector("#lv-slice");
  }

  button(name) { return this.root.querySelector(`[data-do="${name}"]`); }

  // ---------------------------------------------------------------- opening
  async stackOf(series) {
    if (!this.stacks.has(series)) {
      const answer = await fetch(this.root.dataset.stack.replace("/0/", `/${series}/`), { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error("This series could not be had from the server.");
      this.stacks.set(series, await answer.json());
    }
    return this.stacks.get(series);
  }

  async open(pane, series, index) {
    pane.place.querySelector("select").value = String(series);
    const stack = await this.stackOf(series);
    await pane.open(stack, index ?? Math.floor(stack.images.reduce((sum, [, frames]) => sum + frames, 0) / 2));
    if (pane === this.active) this.presets();
    this.tell(pane);
    this.marked(pane, () => this.marks.of(series));
  }

  async start() {
    for (const pane of this.panes) {
      follow(pane, this);
      pane.screen.addEventListener("focus", () => this.activate(pane));
      pane.place.querySelector("select").addEventListener("change", (event) => this.open(pane, Number(event.target.value)));
    }
    listen(this);
    this.root.addEventListener("click", (event) => {
      const pressed = event.target.closest("[data-do]");
      if (pressed) this.do(pressed.dataset.do, pressed.dataset.value);
    });
    this.slider.addEventListener("input", () => this.active.show(Number(this.slider.value) - 1));
    this.rate.addEventListener("input", () => { if (this.running) { this.stop(); this.run(); } this.tell(this.active); });
    this.root.hidden = false; // a place without size can't be drawn in
    this.engine.resize(true, false);
    const said = this.root.dataset.window.split(",").map(Number);
    await this.open(this.panes[0], Number(this.root.dataset.series), Number(this.root.dataset.slice) - 1);
    if (said.length === 2) this.panes[0].setWindow(bounds(said));
    if (this.root.dataset.beside) await this.hang(Number(this.root.dataset.beside), this.root.dataset.besideWindow.split(",").map(Number));
    new ResizeObserver(() => this.fit()).observe(this.root.querySelector(".lv-panes"));
  }

  // As the hanging protocol says. It is a beginning: whoever reads changes series, windows and panes as ever.
  async hang(series, said) {
    const second = this.panes[1];
    second.place.hidden = false;
    this.root.classList.add("lv-two");
    this.fit();
    await this.open(second, series);
    if (said.length === 2) second.setWindow(bounds(said));
    this.linked = Boolean(this.root.dataset.together);
    this.tell(second);
    this.tell(this.active);
  }

  fit() {
    this.engine.resize(true, false);
    for (const pane of this.panes) if (!pane.place.hidden) pane.resized();
  }

  // ---------------------------------------------------------------- what buttons and keys do
  do(name, value) {
    const pane = this.active;
    const deeds = {
      tool: () => this.choose(value), window: () => this.preset(Number(value)), play: () => (this.running ? this.stop() : this.run()),
      in: () => { pane.zoom(1.25); this.say("Larger."); }, out: () => { pane.zoom(0.8); this.say("Smaller."); },
      invert: () => { pane.invert(); this.say(pane.inverted ? "Inverted." : "Not inverted any more."); },
      reset: () => { pane.reset(); this.say("As it was at first: the image's own window, the whole picture."); }, two: () => this.two(),
      other: () => this.other(), together: () => this.together(), cursor: () => this.cursor(pane, value), finding: () => this.finding(),
      back: () => window.location.assign(this.root.dataset.back),
    };
    if (deeds[name] && (pane.head || name === "other")) deeds[name]();
    this.tell(this.active);
  }

  choose(tool) {
    this.drop(this.active);
    this.tool = tool;
    for (const one of this.root.querySelectorAll('[data-do="tool"]')) one.setAttribute("aria-pressed", String(one.dataset.value === tool));
    this.say({ window: "Drag changes the window.", pan: "Drag moves the image.", zoom: "Drag zooms.", scroll: "Drag goes through the slices.",
      length: "Drag along what you want to measure, or press Enter over the picture for a cursor.", point: "Click the place." }[tool]);
  }

  presets() {
    const group = this.root.querySelector("#lv-presets"), stack = this.active.stack;
    group.replaceChildren(...[{ title: "As the image says" }, ...stack.presets].map((preset, n) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "button button--secondary button--small";
      made.dataset.do = "window";
      made.dataset.value = String(n);
      made.textContent = preset.title;
      return made;
    }));
  }

  preset(number) {
    const chosen = number ? this.active.stack.presets[number - 1] : null;
    if (number && !chosen) return;
    const [centre, width] = chosen?.window || [];
    this.active.setWindow(chosen ? bounds([centre, width]) : null);
    this.say(chosen ? `Window: ${chosen.title}` : "The image's own window");
  }

  step(pane, by) {
    const to = pane.within(pane.index + by);
    pane.show(to);
    if (this.linked) for (const one of this.panes) if (one !== pane && one.slices.length && !one.place.hidden) one.show(one.index + by);
  }

  run() {
    this.running = window.setInterval(() => {
      if (this.active.busy) return; // what is not there yet is waited for, never skipped
      this.active.show((this.active.index + 1) % this.active.slices.length);
    }, 1000 / Number(this.rate.value));
    this.say(`Plays, ${this.rate.value} slices a second.`);
    this.tell(this.active);
  }

  stop() {
    window.clearInterval(this.running);
    this.running = 0;
    this.say(`Stopped at slice ${this.active.index + 1}.`);
    this.tell(this.active);
  }

  faster(by) {
    this.rate.value = String(Math.max(WINDOW.min, Math.min(WINDOW.max, Number(this.rate.value) + by)));
    this.rate.dispatchEvent(new Event("input"));
    this.say(`${this.rate.value} slices a second`);
  }

  async two() {
    const second = this.panes[1];
    second.place.hidden = !second.place.hidden;
    this.root.classList.toggle("lv-two", !second.place.hidden);
    if (second.place.hidden) {
      const inside = second.place.contains(document.activeElement) || document.activeElement === document.body;
      this.activate(this.panes[0]);
      if (inside) this.panes[0].screen.focus();
      this.say("One series.");
    } else this.say("Two series side by side. X goes to the other one.");
    this.fit();
    if (second.place.hidden || second.slices.length) return;
    const options = [...second.place.querySelectorAll("option")].map((one) => Number(one.value));
    const next = options.find((one) => one !== this.panes[0].stack.series) ?? options[0];
    await this.open(second, next, next === this.panes[0].stack.series ? this.panes[0].index : undefined);
  }

  other() {
    const to = this.active === this.panes[0] && !this.panes[1].place.hidden ? this.panes[1] : this.panes[0];
    this.activate(to);
    to.screen.focus();
    const chosen = to.place.querySelector("select");
    this.say(`${to === this.panes[0] ? "First" : "Second"} series: ${chosen.options[chosen.selectedIndex]?.text || ""}`);
  }

  together() {
    this.linked = !this.linked;
    this.say(this.linked ? "Both go through their slices together." : "Each goes by itself.");
  }

  activate(pane) {
    if (this.active === pane) return;
    this.drop(this.active);
    if (this.running) this.stop();
    this.active = pane;
    if (pane.stack) this.presets();
    this.tell(pane);
    this.list(pane);
  }

  // ---------------------------------------------------------------- marks
  begin(pane, point) { pane.draft = [point]; pane.draw(); }

  stretch(pane, point) {
    if (!pane.draft) return;
    pane.draft = [pane.draft[0], point];
    pane.draw();
    this.tell(pane);
  }

  drop(pane) {
    this.waits = null;
    pane.draft = pane.cursor = null;
    if (pane.viewport) pane.draw();
  }

  /** By keyboard: a cursor that the arrows move; Enter takes its place. */
  cursor(pane, tool) {
    if (tool) this.choose(tool);
    pane.screen.focus();
    pane.cursor = pane.middle;
    pane.draw();
    this.say(`Cursor at column ${pane.cursor[0]}, row ${pane.cursor[1]}. The arrow keys move it, with Shift ten pixels; Enter takes the place, Escape ends.`);
  }

  move(pane, dx, dy) {
    pane.cursor = pane.clamp([pane.cursor[0] + dx, pane.cursor[1] + dy]);
    if (pane.draft) this.stretch(pane, pane.cursor);
    pane.draw();
    this.say(`Column ${pane.cursor[0]}, row ${pane.cursor[1]}${pane.draft?.length > 1 ? `: ${pane.length(pane.draft)}` : ""}`);
  }

  take(pane) {
    if (this.tool === "length" && !pane.draft) { this.begin(pane, pane.cursor); this.say("One end is set. Move to the other, and press Enter."); return; }
    const points = pane.draft ? [pane.draft[0], pane.cursor] : [pane.cursor];
    this.keep(pane, points);
  }

  keep(pane, points) {
    this.waits = null;
    if (points.length > 1 && Math.hypot(points[0][0] - points[1][0], points[0][1] - points[1][1]) < 0.5) { pane.draft = null; pane.draw(); return; }
    const { image, frame } = pane.slice, words = document.getElementById("lv-words");
    pane.draft = points.length > 1 ? points : null;
    this.marked(pane, () => this.marks.keep(pane.stack.series, image, frame, points, words.value.trim()), (kept) => {
      words.value = "";
      pane.draft = null;
      const last = kept[kept.length - 1];
      this.say(`Kept: ${last.said}${last.source ? ` (${last.source})` : ""}`);
    });
  }

  async marked(pane, ask, then) {
    try {
      const kept = await ask();
      if (then) then(kept);
      for (const one of this.panes) if (one.stack?.series === pane.stack.series) { one.marks = kept; one.draw(); }
    } catch (error) {
      this.say(error.message);
    }
    this.list(this.active);
  }

  list(pane) {
    if (!pane.stack) return;
    this.marks.show(pane, {
      go: (index) => { pane.show(index); pane.screen.focus(); },
      away: (one) => this.marked(pane, () => this.marks.takeAway(one), () => this.say(`Taken away: ${one.said}`)),
      finding: this.root.dataset.finding && ((one) => this.sheet(one.image, one.points[0])),
    });
  }

  sheet(image, [column, row]) {
    const asked = new URLSearchParams({ image, column: Math.floor(column), row: Math.floor(row) });
    return `${this.root.dataset.finding}?${asked}`;
  }

  finding() {
    if (!this.root.dataset.finding) return;
    const pane = this.active;
    window.location.assign(this.sheet(pane.slice.image, pane.cursor || pane.middle));
  }

  // ---------------------------------------------------------------- what is said
  say(words) { document.getElementById("lv-said").textContent = words; }

  tell(pane) {
    if (!pane.stack) return;
    const { low, high } = pane.range, head = pane.head;
    const of = pane.slices.length, number = pane.index + 1;
    const frame = pane.stack.images.some(([, frames]) => frames > 1) ? ` (frame ${pane.slice.frame} of its image)` : "";
    const shown = pane.problem || (head?.samples === 3 ? "colour" : `centre ${tidy((low + high) / 2 + 0.5)}, width ${tidy(high - low + 1)}`);
    pane.place.querySelector(".lv-caption").textContent = `Slice ${number} of ${of}${frame} · ${shown}${pane.inverted ? " · inverted" : ""}`;
    pane.place.classList.toggle("lv-active", pane === this.active && !this.panes[1].place.hidden);
    if (pane !== this.active) return;
    this.slider.max = String(of);
    this.slider.value = String(number);
    this.slider.setAttribute("aria-valuetext", `Slice ${number} of ${of}`);
    this.button("play").textContent = this.running ? "Stop" : "Play";
    this.root.querySelector("#lv-rate-said").textContent = `${this.rate.value} a second`;
    this.button("two").setAttribute("aria-pressed", String(!this.panes[1].place.hidden));
    this.button("together").hidden = this.panes[1].place.hidden;
    this.button("together").setAttribute("aria-pressed", String(Boolean(this.linked)));
    this.button("invert").setAttribute("aria-pressed", String(pane.inverted));
  }
}

const bounds = ([centre, width]) => ({ low: centre - 0.5 - (width - 1) / 2, high: centre - 0.5 + (width - 1) / 2 });
const tidy = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString());

const root = document.getElementById("viewer");
if (root) {
  init();
  setUseCPURendering(true, false);
  cache.setMaxCacheSize(MEMORY);
  readFrom((series, image, frame) => root.dataset.numbers.replace("/0/", `/${series}/`).replace("/0/", `/${image}/`).replace(/0$/, frame));
  new Viewer(root).start().catch(() => {
    root.hidden = true; // the picture and its links go on working
    document.documentElement.classList.remove("lv-coming");
  });
}
