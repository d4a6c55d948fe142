/** Codes that people read, compare and type: Crockford's base32, without letters that look like digits. */

import { joined, same, sha256 } from './bytes.js';
import { Code, Refused } from '../refusals.js';

export const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** @type {Record<string, string>} */
const HEARD_AS = { O: '0', I: '1', L: '1' };
const ADMINISTRATION_CODE_BYTES = 13;
const SECRET_KEY_MARK = 'C1';

/** Letters for these bytes, 5 bits each; the last one is filled with zero bits. @param {Uint8Array} data */
export function crockford(data) {
  let code = '', bits = 0, held = 0;
  for (const byte of data) {
    bits = (bits & 31) << 8 | byte;
    held += 8;
    while (held >= 5) {
      held -= 5;
      code += ALPHABET[bits >> held & 31];
    }
  }
  return held ? code + ALPHABET[bits << 5 - held & 31] : code;
}

/** Letters as typed, without what people put between them. Refused: `schema`. @param {unknown} typed */
export function lettersOf(typed) {
  if (typeof typed !== 'string') throw new Refused(Code.SCHEMA, 'the code is not text');
  return typed.toUpperCase().replace(/[\s-]+/gu, '');
}

/** @param {string} letters in capitals: O reads 0, I and L read 1 */
export const heard = (letters) => letters.replace(/[OIL]/gu, (letter) => HEARD_AS[letter]);

/**
 * The bytes typed; spaces and hyphens are free, O reads 0, I and L read 1. Refused: `schema`.
 * @param {unknown} typed
 * @param {number} length of the bytes
 * @returns {Uint8Array}
 */
export function fromCrockford(typed, length) {
  const letters = heard(lettersOf(typed));
  const values = [...letters].map((letter) => ALPHABET.indexOf(letter));
  if (letters.length !== Math.ceil(length * 8 / 5) || values.includes(-1)) {
    throw new Refused(Code.SCHEMA, 'the code was not typed completely, or with a wrong letter');
  }
  const out = new Uint8Array(length);
  let bits = 0, held = 0, at = 0;
  for (const value of values) {
    bits = (bits & 255) << 5 | value;
    held += 5;
    if (held < 8) continue;
    held -= 8;
    out[at++] = bits >> held;
  }
  if (bits & (1 << held) - 1) throw new Refused(Code.SCHEMA, "the code's last letter is wrong");
  return out;
}

/** @param {string} code @param {number} [size] */
export const inGroups = (code, size = 4) => (code.match(new RegExp(`.{1,${size}}`, 'gu')) ?? []).join('-');

/**
 * What two contact points read to each other, once: 104 bits of the administration's genesis.
 * @param {Uint8Array} genesis
 */
export const administrationCode = (genesis) => inGroups(crockford(genesis.slice(0, ADMINISTRATION_CODE_BYTES)));

/** The printed Secret Key: 16 bytes and two to catch a slip of the pen. @param {Uint8Array} secret */
export const secretKeyText = (secret) =>
  `${SECRET_KEY_MARK}-${inGroups(crockford(joined(secret, sha256(secret).slice(0, 2))))}`;

/** Refused: `schema`. @param {unknown} typed @returns {Uint8Array} 16 bytes */
export function secretKeyTyped(typed) {
  const letters = heard(lettersOf(typed));
  if (!letters.startsWith(SECRET_KEY_MARK)) throw new Refused(Code.SCHEMA, 'a Secret Key begins with C1');
  const data = fromCrockford(letters.slice(SECRET_KEY_MARK.length), 18);
  const secret = data.slice(0, 16);
  if (!same(sha256(secret).slice(0, 2), data.slice(16))) {
    throw new Refused(Code.SCHEMA, 'the Secret Key was not typed as it was printed');
  }
  return secret;
}
