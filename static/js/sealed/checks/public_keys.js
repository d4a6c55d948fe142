/** The public half of one generation of an account, and whether it is fit for use (sealed-protocol §3.4). */

import { ml_dsa65 as mlDsa } from '@noble/post-quantum/ml-dsa.js';

import { hex, sha256 } from './bytes.js';
import { enc } from './cbor.js';
import { closed, octets, several } from './schema.js';
import { ML_DSA, isNative, subtle } from '../native.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('./schema.js').Rule} Rule */

export const ED25519 = -19;
export const ML_DSA_65 = -49;
export const ML_KEM_BYTES = 1184;
const Q = 3329;
const P = 2n ** 255n - 19n;
// Points that a peer's secret cannot move: with them an X25519 secret is known, and an Ed25519 signature
// of zeros fits every message. Canonical encodings only; the others fall to the check against p.
const SMALL_U = new Set([
  0n,
  1n,
  P - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
]);
const SMALL_Y = new Set([
  0n,
  1n,
  P - 1n,
  2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  55188659117513257062467267217118295137698188065244968500265048394206261417927n,
]);
const MOST_REMEMBERED = 4096;

/** @type {Rule} */
export const PUB = closed({ e: octets(32), m: octets(1952), x: octets(1216) });

/** Ed25519 (`e`), ML-DSA-65 (`m`) and X-Wing (`x`) keys that belong together; made by `publicKey` only. */
export class PublicKey {
  /** @type {Promise<(signature: Uint8Array, signed: Uint8Array) => Promise<boolean>> | undefined} */
  #ed25519;
  /** @type {Promise<(signature: Uint8Array, signed: Uint8Array) => Promise<boolean>> | undefined} */
  #mlDsa;

  /** @param {{e: Uint8Array, m: Uint8Array, x: Uint8Array}} map @param {Uint8Array} kid */
  constructor({ e, m, x }, kid) {
    this.e = e;
    this.m = m;
    this.x = x;
    /** 16 bytes. */
    this.kid = kid;
    /** `kid` as a key of maps. */
    this.name = hex(kid);
  }

  asMap() {
    return { e: this.e, m: this.m, x: this.x };
  }

  /**
   * Refused: `signature`.
   * @param {number} algorithm ED25519 or ML_DSA_65
   * @param {Uint8Array} signature
   * @param {Uint8Array} signed
   */
  async verify(algorithm, signature, signed) {
    let right = false;
    try {
      if (algorithm === ED25519) right = await (await (this.#ed25519 ??= ed25519Verifier(this.e)))(signature, signed);
      else right = await (await (this.#mlDsa ??= mlDsaVerifier(this.m)))(signature, signed);
    } catch {
      // Bytes that are no point of the curve: nothing can be signed by them.
    }
    if (!right) throw new Refused(Code.SIGNATURE, algorithm === ED25519 ? 'Ed25519' : 'ML-DSA-65');
  }
}

/** @param {Uint8Array} e */
async function ed25519Verifier(e) {
  const key = await subtle.importKey('raw', e, 'Ed25519', true, ['verify']);
  return (/** @type {Uint8Array} */ signature, /** @type {Uint8Array} */ signed) =>
    subtle.verify('Ed25519', key, signature, signed);
}

/** @param {Uint8Array} m */
async function mlDsaVerifier(m) {
  if (!await isNative(ML_DSA)) {
    return async (/** @type {Uint8Array} */ signature, /** @type {Uint8Array} */ signed) =>
      mlDsa.verify(signature, signed, m);
  }
  const key = await subtle.importKey('raw-public', m, ML_DSA, true, ['verify']);
  return (/** @type {Uint8Array} */ signature, /** @type {Uint8Array} */ signed) =>
    subtle.verify(ML_DSA, key, signature, signed);
}

/** Keys that were found fit, by the hash of their map; the oldest is forgotten first. @type {Map<string, PublicKey>} */
const remembered = new Map();

/**
 * The key in this map, if it is fit for use. Refused: `schema`, `key`.
 * @param {any} value
 * @param {string} [where]
 * @returns {PublicKey}
 */
export function publicKey(value, where = 'pub') {
  PUB(value, where);
  const digest = sha256(enc(value));
  const name = hex(digest);
  const before = remembered.get(name);
  if (before) return before;
  requireFit(value.e, value.x);
  const key = new PublicKey(value, digest.slice(0, 16));
  if (remembered.size >= MOST_REMEMBERED) remembered.delete(remembered.keys().next().value ?? '');
  remembered.set(name, key);
  return key;
}

/** One to nine maps of keys; whether each is fit is asked when they are read. @type {Rule} */
export const pubsRule = several(PUB, { least: 1, most: 9 });

/**
 * Keys that differ pairwise in kid, `e` and `m`, so that a threshold counts people. Refused: `key`.
 * @param {any[]} values
 */
export function publicKeys(values) {
  const keys = values.map((value) => publicKey(value));
  for (const part of /** @type {const} */ (['kid', 'e', 'm'])) {
    if (new Set(keys.map((key) => hex(key[part]))).size !== keys.length) {
      throw new Refused(Code.KEY);
    }
  }
  return keys;
}

/**
 * What the first encapsulation would find too, said before anybody is stopped by it.
 * @param {Uint8Array} e
 * @param {Uint8Array} x
 */
function requireFit(e, x) {
  const y = littleEndian(e) & (1n << 255n) - 1n;
  if (y >= P || SMALL_Y.has(y)) throw new Refused(Code.KEY);
  const u = littleEndian(x.subarray(ML_KEM_BYTES));
  if (u >= P || SMALL_U.has(u)) throw new Refused(Code.KEY);
  if (!isReduced(x.subarray(0, ML_KEM_BYTES - 32))) {
    throw new Refused(Code.KEY);
  }
}

/** @param {Uint8Array} bytes */
const littleEndian = (bytes) => BigInt(`0x${hex(bytes.slice().reverse())}`);

/** FIPS 203 §7.2: each 12-bit coefficient is below q. @param {Uint8Array} coefficients */
function isReduced(coefficients) {
  for (let at = 0; at < coefficients.length; at += 3) {
    const middle = coefficients[at + 1];
    if ((coefficients[at] | (middle & 15) << 8) >= Q || (middle >> 4 | coefficients[at + 2] << 4) >= Q) return false;
  }
  return true;
}
