/** Signed objects: COSE_Sign in one fixed profile, every signer by Ed25519 and ML-DSA-65 (sealed-protocol §3.2). */

import { NONE, isBytes, joined, same, sha256, utf8 } from './bytes.js';
import { dec, enc, isMap } from './cbor.js';
import { ED25519, ML_DSA_65 } from './public_keys.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('./public_keys.js').PublicKey} PublicKey */

export const ALGORITHMS = [ED25519, ML_DSA_65];
const SIGNATURE_BYTES = [64, 3309];
const MOST_SIGNERS = 18;

/** A signed object as received: its bytes, its payload, the (protected, signature) pairs. Not yet verified. */
export class Signed {
  /** @type {Uint8Array | undefined} */
  #lhash;
  /** @type {any} */
  #content;

  /**
   * @param {Uint8Array} raw
   * @param {Uint8Array} payload
   * @param {{header: Uint8Array, signature: Uint8Array}[]} entries
   */
  constructor(raw, payload, entries) {
    this.raw = raw;
    this.payload = payload;
    this.entries = entries;
  }

  /** The name of a link or a message: the hash of its payload, since signatures are randomised. */
  get lhash() {
    this.#lhash ??= sha256(this.payload);
    return this.#lhash;
  }

  /** Refused: `cbor`. @returns {any} */
  content() {
    this.#content ??= dec(this.payload);
    return this.#content;
  }
}

/** @param {unknown} value */
const isEmptyMap = (value) => isMap(value) && Object.keys(/** @type {object} */ (value)).length === 0;

/**
 * Takes the envelope apart, every part of it checked exactly. Refused: `cbor`, `schema`, `signer`.
 * @param {unknown} raw
 * @returns {Signed}
 */
export function read(raw) {
  const outer = dec(raw);
  if (!Array.isArray(outer) || outer.length !== 4) throw new Refused(Code.SCHEMA);
  const [header, unprotected, payload, signatures] = outer;
  if (!same(header, NONE) || !isEmptyMap(unprotected) || !isBytes(payload) || !Array.isArray(signatures)) {
    throw new Refused(Code.SCHEMA);
  }
  if (!signatures.length || signatures.length % 2 || signatures.length > 2 * MOST_SIGNERS) {
    throw new Refused(Code.SIGNER);
  }
  return new Signed(/** @type {Uint8Array} */ (raw), payload, signatures.map(entryOf));
}

/** @param {any} entry @param {number} place */
function entryOf(entry, place) {
  if (!Array.isArray(entry) || entry.length !== 3) throw new Refused(Code.SCHEMA);
  const [header, extra, signature] = entry;
  if (!isBytes(header) || !isEmptyMap(extra) || !isBytes(signature)) {
    throw new Refused(Code.SCHEMA);
  }
  if (signature.length !== SIGNATURE_BYTES[place % 2]) throw new Refused(Code.SCHEMA);
  return { header, signature };
}

/**
 * Checks that exactly these keys signed, in this order. Refused: `schema`, `signer`, `signature`.
 * @param {Signed} signed
 * @param {string} kind
 * @param {PublicKey[]} signers
 */
export async function verify(signed, kind, signers) {
  if (!signers.length || new Set(signers.map((key) => key.name)).size !== signers.length) {
    throw new Refused(Code.SIGNER);
  }
  const content = signed.content();
  if (!isMap(content) || content.k !== kind) throw new Refused(Code.SCHEMA);
  if (signed.entries.length !== 2 * signers.length) throw new Refused(Code.SIGNER);
  const checks = signed.entries.map(({ header, signature }, place) => {
    const key = signers[place >> 1], algorithm = ALGORITHMS[place % 2];
    if (!same(header, protectedHeader(algorithm, key.kid))) {
      throw new Refused(Code.SIGNER);
    }
    return { key, algorithm, header, signature };
  });
  await Promise.all(checks.map(({ key, algorithm, header, signature }) =>
    key.verify(algorithm, signature, toBeSigned(header, kind, signed.payload))));
}

/**
 * CBOR {1: algorithm, 4: kid}; written out, since our own encoding has text keys only.
 * @param {number} algorithm
 * @param {Uint8Array} kid
 */
export const protectedHeader = (algorithm, kid) =>
  joined(Uint8Array.of(0xa2, 1), enc(algorithm), Uint8Array.of(4), enc(kid));

/** @param {Uint8Array} header @param {string} kind @param {Uint8Array} payload */
export const toBeSigned = (header, kind, payload) =>
  enc(['Signature', NONE, header, utf8(`comm/1/${kind}`), payload]);

/** Refused: `cbor`, `schema`, `signer`. @param {unknown} raw */
export const lhash = (raw) => read(raw).lhash;
