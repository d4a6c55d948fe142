/** Pictures made anew before they are sealed, so that place, camera and whatever else a file carries stay behind. */

import { Code, Refused } from '../refusals.js';

const SHOWN = new Set(['image/jpeg', 'image/png', 'image/webp']);
// A phone's photo; more is shrunk, so that a bad line carries it.
const LONGEST_EDGE = 4096;
const QUALITY = 0.88;

/** How JPEG, PNG and WebP begin, whatever their sender called them. */
const BEGINNINGS = /^(\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF....WEBP)/su;

/**
 * The pixels of a picture, and nothing else of it. Refused: `file` for whatever is no JPEG, PNG or WebP.
 * @param {Blob} blob
 */
export async function pixels(blob) {
  const head = String.fromCharCode(...new Uint8Array(await blob.slice(0, 12).arrayBuffer()));
  try {
    if (BEGINNINGS.test(head)) return await createImageBitmap(blob);
  } catch {
    // It only begins like one.
  }
  throw new Refused(Code.FILE, 'it is no picture that can be shown; save it');
}

/**
 * The picture without anything but its pixels; any other file as it is. Refused: `file` for a broken picture.
 * @param {File} file
 * @returns {Promise<File>}
 */
export async function cleaned(file) {
  if (!SHOWN.has(file.type)) return file;
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw new Refused(Code.FILE, `${file.name} is no picture that can be read`);
  }
  const scale = Math.min(1, LONGEST_EDGE / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const type = file.type === 'image/png' ? 'image/png' : 'image/jpeg';
  const blob = await canvas.convertToBlob({ type, quality: QUALITY });
  return new File([blob], file.name, { type });
}
