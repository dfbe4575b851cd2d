// What will be refused, said before anything is sent: the questions that a page can answer, in the server's own sentences.
// The server asks them all again, and more.

import { header } from "./header.js";

const LITTER = new Set([".ds_store", "thumbs.db", "desktop.ini", "autorun.inf"]);

function plain(serial) {
  return serial.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "").replace(/^0+/, "");
}

function day(text) {
  const digits = text.replace(/\D/g, "");
  return digits.length === 8 && Number(digits.slice(0, 4)) > 1900 ? digits : "";
}

function inWords(digits) {
  const date = new Date(Date.UTC(Number(digits.slice(0, 4)), Number(digits.slice(4, 6)) - 1, Number(digits.slice(6))));
  return new Intl.DateTimeFormat("en-US", { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" }).format(date);
}

function litter(name) {
  const parts = name.toLowerCase().replace(/\\/g, "/").split("/");
  const base = parts[parts.length - 1];
  return LITTER.has(base) || base.startsWith("._") || parts.includes("__macosx");
}

export class Preflight {
  constructor(expects) {
    this.expects = expects;
  }

  says(code, found) {
    const row = this.expects.rows[code];
    return row ? { code, why: row.sentence.replace("{found}", found || "").replace("{wanted}", row.wanted || "") } : null;
  }

  // null: it may be taken. { why }: it will be refused. { skip: true }: it is left out, being no image.
  async judge(file) {
    if (litter(file.name)) return { skip: true };
    if (!file.size) return this.says("empty");
    if (file.size > this.expects.most) return this.says("too-large");
    const found = await header(await file.open());
    if (!found.dicom) return this.says("not-dicom");
    if (found.directory || !found.known) return null; // a disk's table of contents goes along: it says what should be here
    return this.modality(found) || this.age(found) || this.serial(found);
  }

  modality(found) {
    const { modalities, words } = this.expects;
    if (!modalities.length || !found.modality || modalities.includes(found.modality.toUpperCase())) return null;
    return this.says("modality", `a ${words[found.modality.toUpperCase()] || found.modality} image`);
  }

  age(found) {
    const made = day(found.day || "");
    if (!made) return null;
    if (this.expects.oldest && made < this.expects.oldest) return this.says("too-old", inWords(made));
    if (this.expects.newest && made > this.expects.newest) return this.says("too-new", inWords(made));
    return null;
  }

  serial(found) {
    const { serial } = this.expects;
    if (!serial || !found.serial || plain(found.serial) === plain(serial)) return null;
    return this.says("serial");
  }
}
