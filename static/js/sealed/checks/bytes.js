/** Byte strings: compared, joined, named. */

import { sha256 as hashed } from '@noble/hashes/sha2.js';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const encoder = new TextEncoder();

/** @type {Uint8Array} */
export const NONE = new Uint8Array(0);

/** @param {unknown} value @returns {value is Uint8Array} */
export const isBytes = (value) => value instanceof Uint8Array;

/** The name of these bytes as a key of a `Map`, since two arrays are never the same key. @param {Uint8Array} bytes */
export function hex(bytes) {
  let out = '';
  for (const byte of bytes) out += HEX[byte];
  return out;
}

/** @param {string} text lower-case hexadecimal, as `hex` wrote it */
export const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** @param {string} text well-formed */
export const utf8 = (text) => encoder.encode(text);

/** @param {...Uint8Array} parts */
export function joined(...parts) {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Whether both are the same bytes; takes the same time wherever they differ. @param {unknown} a @param {unknown} b */
export function same(a, b) {
  if (!isBytes(a) || !isBytes(b) || a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= a[at] ^ b[at];
  return difference === 0;
}

/** For sorting: byte by byte, the shorter first. @param {Uint8Array} a @param {Uint8Array} b */
export function ordered(a, b) {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) if (a[at] !== b[at]) return a[at] - b[at];
  return a.length - b.length;
}

/**
 * SHA-256 at once. WebCrypto answers later, and between question and answer a list of messages could grow twice.
 * @param {Uint8Array} data
 * @returns {Uint8Array} 32 bytes
 */
export const sha256 = (data) => hashed(data);

/** @param {number} length */
export const random = (length) => crypto.getRandomValues(new Uint8Array(length));
