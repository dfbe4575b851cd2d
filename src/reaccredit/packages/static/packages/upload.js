// Sends a large choice of files in handfuls: says first what will be refused, then sends, goes on after a broken line, and after a
// reload sends only what is not here yet. Without this file the form sends all files at once.

import { isArchive, unpacked } from "./sending/archive.js";
import { Line, Refused, Stopped, digest } from "./sending/line.js";
import { Preflight } from "./sending/preflight.js";

const HANDFUL = 10;
const BYTES = 32 * 1024 * 1024;
const ASKED_AT_ONCE = 50;
const SHOWN = 200;

const form = document.querySelector("form[data-upload]");
const part = (name) => document.getElementById(`upload-${name}`);
const [box, bar, words] = [part("progress"), part("bar"), part("words")];
const buttons = { again: part("again"), stop: part("stop"), rest: part("rest"), other: part("other") };
const expects = JSON.parse(part("expects").dataset.expects);
let run = null;

function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB"];
  let at = 0;
  while (bytes >= 1000 && at < 3) { bytes /= 1000; at += 1; }
  return (at ? bytes.toFixed(1) : bytes) + " " + units[at];
}

const count = (number, noun) => `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;

function left(seconds) {
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 60) return ", less than a minute left";
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `, about ${count(minutes, "minute")} left` : `, about ${count(Math.round(minutes / 60), "hour")} left`;
}

function offer(...names) {
  Object.entries(buttons).forEach(([name, button]) => { button.hidden = !names.includes(name); });
}

function say(text) {
  words.textContent = text;
}

class Run {
  constructor() {
    Object.assign(this, { files: [], at: 0, bytes: 0, sentBytes: 0, now: 0, newBytes: 0, key: "", accepted: 0, here: 0, skipped: 0, refused: 0, notes: new Set() });
    this.line = new Line({
      to: form.dataset.upload, asks: part("expects").dataset.asks, token: form.querySelector("[name=csrfmiddlewaretoken]").value,
      waits: (seconds) => { this.now = 0; say(`The connection is lost. ${this.told()} sent and kept. Trying again in ${count(seconds, "second")}; it goes on by itself.`); },
      moved: (bytes) => { this.now = bytes; this.show(); },
    });
  }

  told() {
    return `${this.at.toLocaleString("en-US")} of ${count(this.files.length, "file")}, ${size(this.sentBytes)} of ${size(this.bytes)}`;
  }

  show() {
    bar.max = Math.max(1, this.bytes);
    bar.value = this.sentBytes + this.now;
    const seconds = (Date.now() - this.began) / 1000, sent = this.newBytes + this.now;
    const rest = sent && seconds > 2 ? ((this.bytes - this.sentBytes - this.now) * seconds) / sent : NaN;
    if (this.key) say(`Sending: ${this.told()}${left(rest)}`);
  }

  // -- before anything is sent

  async look(chosen) {
    const files = [];
    for (const file of chosen) {
      const name = file.webkitRelativePath || file.name;
      const inside = isArchive(file) ? await unpacked(file).catch(() => null) : null;
      if (inside) files.push(...inside);
      else files.push({ name, size: file.size, open: async () => file, whole: isArchive(file) });
    }
    const preflight = new Preflight(expects);
    const wrong = [];
    for (const [at, file] of files.entries()) {
      if (at % 50 === 0) say(`Looking at your files: ${at.toLocaleString("en-US")} of ${files.length.toLocaleString("en-US")}`);
      const answer = file.whole ? null : await preflight.judge(file).catch(() => null);
      if (answer && answer.skip) this.skipped += 1;
      else if (answer) wrong.push({ name: file.name, why: answer.why });
      else this.files.push(file);
    }
    this.bytes = this.files.reduce((sum, file) => sum + file.size, 0);
    return wrong;
  }

  // -- sending

  async send() {
    this.began = Date.now();
    this.newBytes = 0;
    if (!this.key) this.key = (await this.line.ask({ ask: "announce", files: this.files.length, size: this.bytes })).key;
    while (this.at < this.files.length) await this.some();
    await this.line.ask({ ask: "end", key: this.key });
  }

  // A stretch of files: those that are here already are not sent.
  async some() {
    const stretch = [];
    let bytes = 0;
    while (stretch.length < ASKED_AT_ONCE && this.at + stretch.length < this.files.length && (!stretch.length || bytes < 2 * BYTES)) {
      const file = this.files[this.at + stretch.length];
      const blob = await file.open();
      stretch.push({ name: file.name, size: file.size, blob, key: await digest(blob) });
      bytes += file.size;
      if (this.line.stopped) throw new Stopped();
    }
    const keys = stretch.map((one) => one.key).filter(Boolean);
    const here = new Set(keys.length ? (await this.line.ask({ ask: "have", sha256: keys })).here : []);
    let handful = [];
    for (const one of stretch) {
      if (one.key && here.has(one.key)) {
        await this.flush(handful);
        handful = [];
        this.here += 1;
        this.done([one], 0);
      } else {
        if (handful.length === HANDFUL || (handful.length && handful.reduce((sum, each) => sum + each.size, one.size) > BYTES)) {
          await this.flush(handful);
          handful = [];
        }
        handful.push(one);
      }
    }
    await this.flush(handful);
  }

  async flush(handful) {
    if (!handful.length) return;
    this.show();
    let answer = await this.line.send(handful);
    const altered = new Set(answer.refused.filter((file) => file.code === "altered").map((file) => file.name));
    if (altered.size) {
      this.take({ ...answer, refused: answer.refused.filter((file) => file.code !== "altered") });
      const again = handful.filter((one) => altered.has(one.name.split("/").pop()));
      answer = await this.line.send(again.length ? again : handful);
    }
    this.done(handful, handful.reduce((sum, one) => sum + one.size, 0));
    this.take(answer);
    if (this.accepted && !this.seen) {
      this.seen = true;
      await renew(); // nobody reads that nothing is here while hundreds of files are
    }
  }

  done(files, bytes) {
    this.now = 0;
    this.at += files.length;
    this.newBytes += bytes;
    this.sentBytes += files.reduce((sum, one) => sum + one.size, 0);
    this.show();
  }

  take(answer) {
    this.accepted += answer.accepted;
    this.here += answer.here.length;
    this.skipped += answer.skipped.length;
    answer.refused.forEach((file) => { this.refused += 1; refuse(file); });
    answer.notes.filter((note) => !this.notes.has(note)).forEach((note) => {
      this.notes.add(note);
      const line = document.createElement("p");
      line.textContent = note;
      part("notes").append(line);
    });
  }
}

function refuse(file) {
  const list = part("refused").querySelector("ul");
  part("refused").hidden = false;
  if (list.children.length >= SHOWN) return;
  const row = document.createElement("li");
  row.className = "file file--refused";
  row.append(part("cross").content.cloneNode(true));
  const text = document.createElement("div");
  [["span", "file-name", file.name.split("/").pop()], ["p", "file-why", file.why], ["p", "small", file.clause]].forEach(([kind, style, said]) => {
    if (!said) return;
    const line = document.createElement(kind);
    line.className = style;
    line.textContent = said;
    text.append(line);
  });
  row.append(text);
  list.append(row);
}

// The list of series, as the server shows it now.
async function renew() {
  try {
    const answer = await window.fetch(form.dataset.upload, { credentials: "same-origin" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("received");
    if (fresh) document.getElementById("received").replaceWith(document.importNode(fresh, true));
  } catch (error) {
    // it is shown anew when the page is loaded again
  }
}

function halt(text, ...offered) {
  say(text);
  offer(...offered);
  form.hidden = false;
  if (run) renew();
  (offered.length ? buttons[offered[0]] : words).focus();
}

async function finish() {
  const parts = [`${count(run.accepted, "image")} received`];
  if (run.here) parts.push(`${run.here.toLocaleString("en-US")} already here`);
  if (run.skipped) parts.push(`${run.skipped.toLocaleString("en-US")} left out, being no images`);
  if (run.refused) parts.push(`${run.refused.toLocaleString("en-US")} not taken`);
  bar.value = bar.max;
  form.reset();
  form.querySelectorAll(".chosen-files").forEach((line) => { line.textContent = ""; });
  run = null;
  await renew(); // first: whoever goes on when it is said clicks on what stays
  halt(`All sent: ${parts.join(", ")}.`);
}

async function send() {
  offer("stop");
  form.hidden = true;
  run.line.go();
  try {
    await run.send();
    finish();
  } catch (error) {
    if (error instanceof Stopped) halt(`Stopped. ${run.told()} sent. What is here is kept.`, "again");
    else if (error instanceof Refused) halt(error.message);
    else halt(`A file could not be read any more. ${run.told()} sent. What is here is kept; choose the files again to go on.`);
  }
}

async function begin(chosen) {
  run = new Run();
  part("refused").querySelector("ul").textContent = "";
  part("notes").textContent = "";
  part("refused").hidden = true;
  box.hidden = false;
  form.hidden = true;
  bar.value = 0;
  offer();
  box.scrollIntoView({ block: "nearest" });
  const wrong = await run.look(chosen);
  wrong.forEach((file) => { run.refused += 1; refuse(file); });
  if (part("unfinished")) part("unfinished").remove();
  if (!wrong.length) return send();
  const rest = run.files.length;
  buttons.rest.textContent = rest === 1 ? "Send the other file" : `Send the other ${rest.toLocaleString("en-US")} files`;
  if (rest) halt(`${count(wrong.length, "file")} will not be taken; see below why. Nothing has been sent yet.`, "rest", "other");
  else halt(`None of these files will be taken; see below why. Nothing has been sent.`, "other");
  form.hidden = true;
  return undefined;
}

form.addEventListener("submit", (event) => {
  const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  if (!files.length) return; // the server says what is missing
  event.preventDefault();
  event.stopPropagation();
  begin(files);
});
buttons.stop.addEventListener("click", () => run.line.stop());
buttons.again.addEventListener("click", send);
buttons.rest.addEventListener("click", send);
buttons.other.addEventListener("click", () => {
  run = null;
  box.hidden = true;
  form.hidden = false;
  form.querySelector("input[type=file]").focus();
});
window.addEventListener("beforeunload", (event) => {
  if (run && run.key && !run.line.stopped) event.preventDefault();
});
