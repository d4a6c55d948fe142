/** Bytes inside JSON: base64url without padding, one text for one byte string (sealed-protocol §3.1). */

import { Code, Refused } from '../refusals.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]));

/** @param {Uint8Array} bytes */
export function toBase64url(bytes) {
  let out = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [first, second = 0, third = 0] = bytes.subarray(at, at + 3);
    const bits = first << 16 | second << 8 | third;
    const letters = Math.min(4, bytes.length - at + 1);
    for (let place = 0; place < letters; place++) out += ALPHABET[bits >> 18 - 6 * place & 63];
  }
  return out;
}

/**
 * Refused: `schema`, for any other letter, an impossible length, or bits behind the last byte.
 * @param {unknown} text
 * @returns {Uint8Array}
 */
export function fromBase64url(text) {
  if (typeof text !== 'string' || text.length % 4 === 1) throw new Refused(Code.SCHEMA);
  const out = new Uint8Array(Math.floor(text.length * 3 / 4));
  let bits = 0, held = 0, at = 0;
  for (const letter of text) {
    const value = VALUES.get(letter);
    if (value === undefined) throw new Refused(Code.SCHEMA);
    bits = (bits << 6 | value) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out[at++] = bits >> held;
  }
  if (bits & (1 << held) - 1) throw new Refused(Code.SCHEMA);
  return out;
}
