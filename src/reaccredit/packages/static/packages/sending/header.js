// Reads the few things of a DICOM header that say whether a file will be taken. Nothing leaves the page. What cannot be read
// here for sure is left to the server: `null` means "not known", never "wrong".

const HEAD = 256 * 1024;
const LONG = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);
const IMPLICIT = "1.2.840.10008.1.2";
const STRANGE = new Set(["1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"]); // deflated, big endian: the server reads them
const DIRECTORY = "1.2.840.10008.1.3.10";
const WANTED = { "00080020": "day", "00080060": "modality", "00181000": "serial", "0020000d": "study" };
const LAST = 0x0020000d;
const OPEN = 0xffffffff;

class End extends Error {}

class Bytes {
  constructor(buffer) {
    this.view = new DataView(buffer);
    this.at = 0;
  }

  need(size) {
    if (this.at + size > this.view.byteLength) throw new End();
  }

  word() {
    this.need(2);
    this.at += 2;
    return this.view.getUint16(this.at - 2, true);
  }

  long() {
    this.need(4);
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  text(size) {
    this.need(size);
    const bytes = new Uint8Array(this.view.buffer, this.at, size);
    this.at += size;
    return String.fromCharCode(...bytes).replace(/\0/g, "").trim();
  }

  skip(size) {
    this.need(size);
    this.at += size;
  }
}

function element(bytes, implicit) {
  const group = bytes.word();
  const tag = group * 0x10000 + bytes.word();
  if (group === 0xfffe || implicit) return { tag, vr: "", length: bytes.long() };
  const vr = bytes.text(2);
  if (!LONG.has(vr)) return { tag, vr, length: bytes.word() };
  bytes.skip(2);
  return { tag, vr, length: bytes.long() };
}

// A value without a length ends with a mark of its own; what lies in it may hold such values too.
function passOver(bytes, length, implicit) {
  if (length !== OPEN) return bytes.skip(length);
  for (;;) {
    const inner = element(bytes, implicit);
    if (inner.tag === 0xfffee0dd || inner.tag === 0xfffee00d) return undefined;
    if (inner.tag === 0xfffee000 && inner.length !== OPEN) bytes.skip(inner.length);
    else if (inner.tag !== 0xfffee000) passOver(bytes, inner.length, implicit);
    else passOver(bytes, OPEN, implicit);
  }
}

function meta(bytes) {
  const found = { syntax: "", kind: "" };
  while (bytes.at + 2 <= bytes.view.byteLength && bytes.view.getUint16(bytes.at, true) === 0x0002) {
    const { tag, length } = element(bytes, false);
    if (tag === 0x00020010) found.syntax = bytes.text(length);
    else if (tag === 0x00020002) found.kind = bytes.text(length);
    else bytes.skip(length);
  }
  return found;
}

function values(bytes, implicit) {
  const found = {};
  try {
    for (;;) {
      const { tag, length } = element(bytes, implicit);
      const name = WANTED[tag.toString(16).padStart(8, "0")];
      if (tag > LAST) break;
      if (name && length < 1024) found[name] = bytes.text(length);
      else passOver(bytes, length, implicit);
    }
  } catch (error) {
    if (!(error instanceof End)) throw error;
  }
  return found;
}

// { dicom: false } | { dicom: true, directory: true } | { dicom: true, known: false } | { dicom: true, known: true, modality, day, serial }
export async function header(blob) {
  const bytes = new Bytes(await blob.slice(0, HEAD).arrayBuffer());
  if (bytes.view.byteLength < 132) return { dicom: false };
  bytes.skip(128);
  if (bytes.text(4) !== "DICM") return { dicom: false };
  try {
    const { syntax, kind } = meta(bytes);
    if (kind === DIRECTORY) return { dicom: true, directory: true };
    if (!syntax || STRANGE.has(syntax)) return { dicom: true, known: false };
    return { dicom: true, known: true, ...values(bytes, syntax === IMPLICIT) };
  } catch (error) {
    if (error instanceof End) return { dicom: true, known: false };
    throw error;
  }
}
