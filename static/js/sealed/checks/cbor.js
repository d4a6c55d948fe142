/**
 * The one permitted encoding (sealed-protocol §3.1): a deterministic subset of CBOR, RFC 8949 §4.2.1.
 *
 * A general CBOR reader is not used on what a server sends: readers differ on tags, floats and doubled keys.
 * Maps are objects without a prototype, so that no name in them means anything to the language.
 */

import { NONE, isBytes, joined, ordered, utf8 } from './bytes.js';
import { Code, Refused } from '../refusals.js';

export const DEEPEST = 16;
const UNSIGNED = 0, NEGATIVE = 1, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5, SIMPLE = 7;
const SIMPLE_VALUES = new Map([[20, false], [21, true], [22, null]]);
const SMALLEST_FOR = [24, 2 ** 8, 2 ** 16, 2 ** 32];
// A byte order mark at the beginning is a character like any other.
const reader = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param {string} what */
const refuse = (what) => new Refused(Code.CBOR, what);

/**
 * The bytes of `value`: safe integer, Uint8Array, well-formed string, array, plain object, boolean, null.
 * Refused: `cbor`.
 * @param {unknown} value
 * @returns {Uint8Array}
 */
export function enc(value) {
  /** @type {Uint8Array[]} */
  const out = [];
  write(value, 0, out);
  return joined(...out);
}

/**
 * The value that these bytes encode; whatever `enc` would not have written is refused: `cbor`.
 * @param {unknown} data
 * @returns {any}
 */
export function dec(data) {
  if (!isBytes(data)) throw refuse('not bytes');
  const reading = new Reading(data);
  const value = reading.value(0);
  if (reading.at !== data.length) throw refuse('trailing bytes');
  return value;
}

/** Map names in the order in which they are encoded. @param {object} map */
export function namesInOrder(map) {
  return Object.keys(map).map((name) => ({ name, key: text(name) })).sort((a, b) => ordered(a.key, b.key));
}

/** @param {number} major @param {number} number */
function head(major, number) {
  major <<= 5;
  if (number < 24) return Uint8Array.of(major | number);
  if (number < 2 ** 8) return Uint8Array.of(major | 24, number);
  if (number < 2 ** 16) return Uint8Array.of(major | 25, number >> 8, number);
  const out = new Uint8Array(number < 2 ** 32 ? 5 : 9);
  const view = new DataView(out.buffer);
  out[0] = major | (out.length === 5 ? 26 : 27);
  if (out.length === 9) view.setUint32(1, Math.floor(number / 2 ** 32));
  view.setUint32(out.length - 4, number % 2 ** 32);
  return out;
}

/** @param {string} value */
function text(value) {
  if (!value.isWellFormed()) throw refuse('lone surrogate');
  const encoded = utf8(value);
  return joined(head(TEXT, encoded.length), encoded);
}

/** @param {any} value @param {number} depth @param {Uint8Array[]} out */
function write(value, depth, out) {
  if (depth > DEEPEST) throw refuse('too deep');
  if (value === null) out.push(Uint8Array.of(0xf6));
  else if (typeof value === 'boolean') out.push(Uint8Array.of(value ? 0xf5 : 0xf4));
  else if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw refuse('not an integer, or too large');
    out.push(value >= 0 ? head(UNSIGNED, value) : head(NEGATIVE, -1 - value));
  } else if (isBytes(value)) out.push(head(BYTES, value.length), value);
  else if (typeof value === 'string') out.push(text(value));
  else if (Array.isArray(value)) {
    out.push(head(ARRAY, value.length));
    for (const item of value) write(item, depth + 1, out);
  } else if (isMap(value)) {
    const names = namesInOrder(value);
    if (names.length && depth + 1 > DEEPEST) throw refuse('too deep');
    out.push(head(MAP, names.length));
    for (const { name, key } of names) {
      out.push(key);
      write(value[name], depth + 1, out);
    }
  } else throw refuse(`no form for ${typeof value}`);
}

/** Whether this is a map as `dec` makes them or as an object literal is. @param {unknown} value @returns {boolean} */
export function isMap(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

class Reading {
  /** @param {Uint8Array} data */
  constructor(data) {
    this.data = data;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.at = 0;
  }

  /** @param {number} depth @returns {any} */
  value(depth) {
    if (depth > DEEPEST) throw refuse('too deep');
    if (this.at >= this.data.length) throw refuse('short');
    const first = this.data[this.at++];
    const major = first >> 5, marker = first & 31;
    if (major === SIMPLE) {
      const simple = SIMPLE_VALUES.get(marker);
      if (simple === undefined) throw refuse('float or simple value');
      return simple;
    }
    if (major > MAP || marker > 27) throw refuse('tag or indefinite length');
    const number = this.number(marker);
    if (major === UNSIGNED || major === NEGATIVE) {
      const value = major === UNSIGNED ? number : -1 - number;
      if (!Number.isSafeInteger(number) || !Number.isSafeInteger(value)) throw refuse('integer too large');
      return value;
    }
    if (number > this.data.length - this.at) throw refuse('short');
    if (major === BYTES) return this.taken(number).slice();
    if (major === TEXT) return this.text(number);
    if (major === ARRAY) return Array.from({ length: number }, () => this.value(depth + 1));
    return this.map(depth, number);
  }

  /** @param {number} marker */
  number(marker) {
    if (marker < 24) return marker;
    const size = 1 << marker - 24;
    if (this.at + size > this.data.length) throw refuse('short');
    let number = 0;
    for (const byte of this.taken(size)) number = number * 256 + byte;
    if (number < SMALLEST_FOR[marker - 24]) throw refuse('not the shortest head');
    return number;
  }

  /** @param {number} length */
  taken(length) {
    const part = this.data.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }

  /** @param {number} length */
  text(length) {
    try {
      return reader.decode(this.taken(length));
    } catch {
      throw refuse('not UTF-8');
    }
  }

  /** @param {number} depth @param {number} count */
  map(depth, count) {
    const entries = Object.create(null);
    let before = NONE;
    for (let entry = 0; entry < count; entry++) {
      const start = this.at;
      const name = this.value(depth + 1);
      if (typeof name !== 'string') throw refuse('key is not text');
      const key = this.data.subarray(start, this.at);
      if (ordered(key, before) <= 0) throw refuse('keys doubled or out of order');
      before = key;
      entries[name] = this.value(depth + 1);
    }
    return entries;
  }
}
