/**
 * Closed schemas (sealed-protocol §4): exact types, exact lengths, no field that is not named.
 *
 * A rule is called with a value and the path to it, and refuses (`schema`) or returns nothing.
 */

import { isBytes } from './bytes.js';
import { enc, isMap, namesInOrder } from './cbor.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {(value: any, where: string) => void} Rule */

export const LONGEST_TEXT = 200;
export const LARGEST_OPEN_FIELD = 1024;
// Controls hide text and bidirectional controls reorder it, so a signed name would not read as it was signed.
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u;

/** @param {string} where the field that is not as the specification says */
export const refuse = (where) => new Refused(Code.SCHEMA, where);

/** Characters are code points, as people and the other client count them. @param {string} value */
function characters(value) {
  let count = 0;
  for (const _ of value) count++;
  return count;
}

/** @param {number} [low] @param {number} [high] @returns {Rule} */
export const number = (low = 0, high = Number.MAX_SAFE_INTEGER) => (value, where) => {
  if (!Number.isSafeInteger(value) || value < low || value > high) throw refuse(where);
};

/** Bytes of exactly this length, or of at most `most`. @param {number | {most: number}} limit @returns {Rule} */
export const octets = (limit) => (value, where) => {
  if (!isBytes(value)) throw refuse(where);
  if (typeof limit === 'number' ? value.length !== limit : value.length > limit.most) throw refuse(where);
};

/**
 * Text of a link: short, and free of characters that hide or reorder it.
 * @param {{least?: number, most?: number}} [limits]
 * @returns {Rule}
 */
export const text = ({ least = 1, most = LONGEST_TEXT } = {}) => (value, where) => {
  const length = typeof value === 'string' ? characters(value) : -1;
  if (length < least || length > most) throw refuse(where);
  if (FORBIDDEN.test(value)) throw refuse(where);
};

/** Text of a sealed body: line breaks are welcome. @param {{most: number}} limits @returns {Rule} */
export const prose = ({ most }) => (value, where) => {
  if (typeof value !== 'string' || characters(value) > most) throw refuse(where);
};

/** @param {...(string | number)} values @returns {Rule} */
export const oneOf = (...values) => (value, where) => {
  if (!values.includes(value)) throw refuse(where);
};

/** @param {Rule} other @returns {Rule} */
export const orNull = (other) => (value, where) => {
  if (value !== null) other(value, where);
};

/** @param {Rule} item @param {{least?: number, most: number}} limits @returns {Rule} */
export const several = (item, { least = 0, most }) => (value, where) => {
  if (!Array.isArray(value) || value.length < least || value.length > most) throw refuse(where);
  value.forEach((entry, place) => item(entry, `${where}[${place}]`));
};

/** @param {...Rule} items @returns {Rule} */
export const row = (...items) => (value, where) => {
  if (!Array.isArray(value) || value.length !== items.length) throw refuse(where);
  items.forEach((item, place) => item(value[place], `${where}[${place}]`));
};

/**
 * A map with exactly these fields, some of which may be absent.
 * @param {Record<string, Rule>} fields
 * @param {Record<string, Rule>} [optional]
 * @returns {Rule}
 */
export const closed = (fields, optional = {}) => {
  const needed = Object.keys(fields);
  const allowed = new Map(Object.entries({ ...fields, ...optional }));
  return (value, where) => {
    if (!isMap(value)) throw refuse(where);
    for (const name of needed) if (!Object.hasOwn(value, name)) throw refuse(`${where}.${name}`);
    const names = Object.keys(value);
    // The language moves names that look like numbers to the front; no field has such a name.
    const known = names.every((name) => allowed.has(name));
    for (const name of known ? names : namesInOrder(value).map((entry) => entry.name)) {
      const rule = allowed.get(name);
      if (!rule) throw new Refused(Code.NEWER, `${where}: ${name} is not known`);
      rule(value[name], `${where}.${name}`);
    }
  };
};

/** `x`: anything small; ignored when not understood, so that later versions can add to it. @type {Rule} */
export const openField = (value, where) => {
  if (!isMap(value) || enc(value).length > LARGEST_OPEN_FIELD) throw refuse(where);
};

export const ID = octets(16);
export const HASH = octets(32);
export const TIME = number();
export const POSITION = row(number(), HASH);
export const TREE_HEAD = orNull(row(number(), HASH));
