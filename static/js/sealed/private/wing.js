/** X-Wing (MLKEM768-X25519, KEM 0x647a): WebCrypto's where it has it, else ours. */

import { X_WING, fromSeed, isNative, subtle } from '../native.js';
import { decapsulate, encapsulate, publicOf } from '../x_wing.js';

/** @typedef {{pub: Uint8Array, secret: CryptoKey | Uint8Array}} WingPair */

/**
 * The key of this X-Wing seed: a CryptoKey that no script can read, or the seed itself where WebCrypto lacks it.
 * @param {Uint8Array} seed 32 bytes
 * @returns {Promise<WingPair>}
 */
export async function wingPair(seed) {
  if (await isNative(X_WING)) return fromSeed(X_WING, seed, 'decapsulateBits', 'encapsulateBits');
  return { pub: await publicOf(seed), secret: seed.slice() };
}

/** A shared secret, and what its other owner needs to find it. @param {Uint8Array} pub 1216 bytes */
export async function encap(pub) {
  if (!await isNative(X_WING)) return encapsulate(pub);
  const key = await subtle.importKey('raw-public', pub, X_WING, true, ['encapsulateBits']);
  const { sharedKey, ciphertext } = await subtle.encapsulateBits(X_WING, key);
  return { sharedSecret: new Uint8Array(sharedKey), sent: new Uint8Array(ciphertext) };
}

/** @param {WingPair['secret']} secret @param {Uint8Array} sent 1120 bytes @returns {Promise<Uint8Array>} */
export async function decap(secret, sent) {
  if (secret instanceof Uint8Array) return decapsulate(sent, secret);
  return new Uint8Array(await subtle.decapsulateBits(X_WING, secret, sent));
}
