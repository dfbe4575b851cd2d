// Looks into a zip archive and gives its files one by one, so that each can be sent, and gone on with, by itself. An archive that
// cannot be read here (a lock, a method that browsers do not know) is given as the one file that it is: the server opens it.

const END = 0x06054b50, END64 = 0x06064b50, PLACE64 = 0x07064b50, ENTRY = 0x02014b50, LOCAL = 0x04034b50;
const STORED = 0, DEFLATED = 8;
const TAIL = 66000;
const MOST = 5000; // as the server has it
const MOST_BYTES = 8 * 1024 ** 3;
const RATIO = 200, RATIO_FROM = 16 * 1024 ** 2;

async function view(blob, from, size) {
  return new DataView(await blob.slice(from, from + size).arrayBuffer());
}

async function directory(blob) {
  const from = Math.max(0, blob.size - TAIL);
  const tail = await view(blob, from, TAIL);
  for (let at = tail.byteLength - 22; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) !== END) continue;
    const found = { number: tail.getUint16(at + 10, true), size: tail.getUint32(at + 12, true), from: tail.getUint32(at + 16, true) };
    if (found.number !== 0xffff && found.from !== 0xffffffff) return found;
    if (at < 20 || tail.getUint32(at - 20, true) !== PLACE64) return null;
    const large = await view(blob, Number(tail.getBigUint64(at - 12, true)), 56);
    if (large.byteLength < 56 || large.getUint32(0, true) !== END64) return null;
    return { number: Number(large.getBigUint64(32, true)), size: Number(large.getBigUint64(40, true)), from: Number(large.getBigUint64(48, true)) };
  }
  return null;
}

// Sizes and places that do not fit into 32 bits stand in a field of their own.
function large(all, at, length, entry) {
  const end = at + length;
  while (at + 4 <= end) {
    const size = all.getUint16(at + 2, true);
    if (all.getUint16(at, true) === 1) {
      let from = at + 4;
      for (const name of ["size", "packed", "place"]) {
        if (entry[name] === 0xffffffff && from + 8 <= at + 4 + size) {
          entry[name] = Number(all.getBigUint64(from, true));
          from += 8;
        }
      }
    }
    at += 4 + size;
  }
}

function entries(all, number) {
  const found = [];
  let at = 0;
  for (let done = 0; done < number; done += 1) {
    if (at + 46 > all.byteLength || all.getUint32(at, true) !== ENTRY) return null;
    const [name, extra, comment] = [28, 30, 32].map((place) => all.getUint16(at + place, true));
    const entry = {
      locked: all.getUint16(at + 8, true) & 1, method: all.getUint16(at + 10, true), packed: all.getUint32(at + 20, true),
      size: all.getUint32(at + 24, true), place: all.getUint32(at + 42, true),
      name: new TextDecoder().decode(new Uint8Array(all.buffer, at + 46, name)),
    };
    large(all, at + 46 + name, extra, entry);
    if (!entry.name.endsWith("/")) found.push(entry);
    at += 46 + name + extra + comment;
  }
  return found;
}

function readable(entry) {
  const blown = entry.size > RATIO_FROM && entry.size > RATIO * Math.max(1, entry.packed);
  return !entry.locked && (entry.method === STORED || entry.method === DEFLATED) && !blown && !/\.zip$/i.test(entry.name);
}

async function content(blob, entry) {
  const head = await view(blob, entry.place, 30);
  if (head.byteLength < 30 || head.getUint32(0, true) !== LOCAL) throw new Error("a damaged archive");
  const from = entry.place + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const packed = blob.slice(from, from + entry.packed);
  if (entry.method === STORED) return packed;
  return new Response(packed.stream().pipeThrough(new DecompressionStream("deflate-raw"))).blob();
}

export function isArchive(file) {
  return /\.zip$/i.test(file.name);
}

// Files of the archive as { name, size, open() }; null where the server has to open it.
export async function unpacked(file) {
  if (!("DecompressionStream" in window)) return null;
  const place = await directory(file);
  if (!place || place.number > MOST || place.size > 64 * 1024 ** 2) return null;
  const found = entries(await view(file, place.from, place.size), place.number);
  if (!found || !found.length || !found.every(readable)) return null;
  if (found.reduce((sum, entry) => sum + entry.size, 0) > MOST_BYTES) return null;
  return found.map((entry) => ({ name: entry.name, size: entry.size, open: () => content(file, entry) }));
}
