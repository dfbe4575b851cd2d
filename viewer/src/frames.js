// Frames come decoded, as plain little-endian numbers: one request each, and the header X-Frame says how to read and to show them.
import { imageLoader, metaData } from "@cornerstonejs/core";

const SCHEME = "house";
const heads = new Map(); // image id: what X-Frame said

export class NotShown extends Error {}

export const idOf = (series, image, frame) => `${SCHEME}:${series}/${image}/${frame}`;

export function headOf(imageId) {
  return heads.get(imageId);
}

/** `address(series, image, frame)` is where a frame is had. */
export function readFrom(address) {
  imageLoader.registerImageLoader(SCHEME, (imageId) => {
    const stop = new AbortController();
    return { promise: load(imageId, address, stop.signal), cancelFn: () => stop.abort() };
  });
  metaData.addProvider(provide, 100);
}

async function load(imageId, address, signal) {
  const [series, image, frame] = imageId.slice(SCHEME.length + 1).split("/");
  const answer = await fetch(address(series, image, frame), { signal });
  const said = answer.headers.get("X-Frame");
  if (!answer.ok || !said) {
    const told = await answer.json().catch(() => ({}));
    throw new NotShown(told.error || "This image could not be had from the server.");
  }
  const head = JSON.parse(said);
  heads.set(imageId, head);
  return pictureOf(imageId, head, await answer.arrayBuffer());
}

function pictureOf(imageId, head, buffer) {
  const pixels = head.bits === 8 ? new Uint8Array(buffer) : head.signed ? new Int16Array(buffer) : new Uint16Array(buffer);
  const [least, greatest] = head.samples === 3 ? [0, 255] : endsOf(pixels);
  const [down, across] = head.spacing || [1, 1];
  return {
    imageId, imageFrame: {}, getPixelData: () => pixels, dataType: pixels.constructor.name, sizeInBytes: pixels.byteLength,
    minPixelValue: least, maxPixelValue: greatest, slope: head.slope, intercept: head.intercept,
    windowCenter: (head.low + head.high) / 2, windowWidth: Math.max(head.high - head.low, 1e-6), voiLUTFunction: "LINEAR",
    rows: head.rows, columns: head.columns, height: head.rows, width: head.columns, color: head.samples === 3, rgba: false,
    numberOfComponents: head.samples, rowPixelSpacing: down, columnPixelSpacing: across, invert: head.invert,
    photometricInterpretation: head.samples === 3 ? "RGB" : "MONOCHROME2",
  };
}

function endsOf(pixels) {
  let least = pixels[0], greatest = pixels[0];
  for (let i = 1; i < pixels.length; i++) {
    if (pixels[i] < least) least = pixels[i];
    else if (pixels[i] > greatest) greatest = pixels[i];
  }
  return [least, greatest];
}

// Every slice lies at the same place in a plane of its own: points are then columns and rows, whatever the patient's axes.
function provide(type, imageId) {
  if (typeof imageId !== "string" || !imageId.startsWith(`${SCHEME}:`)) return undefined;
  const head = heads.get(imageId) || { rows: 1, columns: 1, samples: 1, bits: 16, signed: false };
  const [down, across] = head.spacing || [1, 1];
  if (type === "imagePlaneModule") {
    return {
      rows: head.rows, columns: head.columns, rowPixelSpacing: down, columnPixelSpacing: across, pixelSpacing: [down, across],
      rowCosines: [1, 0, 0], columnCosines: [0, 1, 0], imageOrientationPatient: [1, 0, 0, 0, 1, 0], imagePositionPatient: [0, 0, 0],
      frameOfReferenceUID: SCHEME, usingDefaultValues: false,
    };
  }
  if (type === "imagePixelModule") {
    return {
      bitsAllocated: head.bits, bitsStored: head.bits, highBit: head.bits - 1, samplesPerPixel: head.samples,
      pixelRepresentation: head.signed ? 1 : 0, photometricInterpretation: head.samples === 3 ? "RGB" : "MONOCHROME2",
    };
  }
  if (type === "generalSeriesModule") return { modality: "OT" };
  return undefined;
}
