/**
 * What this browser's WebCrypto can do by itself; the rest is done by @noble/post-quantum.
 *
 * Ed25519, AES-GCM, HMAC, HKDF and SHA are everywhere. ML-DSA-65 and MLKEM768-X25519 (X-Wing) come one by one, and
 * drafts of both had the same names: one is used only after it agreed with the other implementation.
 */

import { ml_dsa65 as mlDsa } from '@noble/post-quantum/ml-dsa.js';

import { same, utf8 } from './checks/bytes.js';
import { decapsulate, encapsulate, publicOf } from './x_wing.js';

export const ML_DSA = 'ML-DSA-65';
export const X_WING = 'MLKEM768-X25519';

/** WebCrypto as later browsers have it; the types that the language's tools know are older. @type {any} */
export const subtle = globalThis.crypto?.subtle;

const SEED = Uint8Array.from({ length: 32 }, (_, at) => at);
const TRIALS = { [ML_DSA]: agreesOnMlDsa, [X_WING]: agreesOnXWing };
/** @type {Map<string, Promise<boolean>>} */
const found = new Map();

/**
 * Whether this algorithm is WebCrypto's here; tried once.
 * @param {'ML-DSA-65' | 'MLKEM768-X25519'} algorithm
 * @returns {Promise<boolean>}
 */
export function isNative(algorithm) {
  let answer = found.get(algorithm);
  if (!answer) {
    answer = TRIALS[algorithm]().catch(() => false);
    found.set(algorithm, answer);
  }
  return answer;
}

/**
 * For tests, before any key is imported: as if WebCrypto had neither algorithm.
 * @param {boolean} forced
 */
export function forceFallback(forced) {
  found.clear();
  if (forced) for (const algorithm of Object.keys(TRIALS)) found.set(algorithm, Promise.resolve(false));
}

/** Whether each algorithm of signatures and sealing is WebCrypto's here. @returns {Promise<Record<string, boolean>>} */
export async function native() {
  const tried = subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  return {
    [X_WING]: await isNative(X_WING),
    [ML_DSA]: await isNative(ML_DSA),
    Ed25519: await tried.then(() => true, () => false),
  };
}

/** @param {CryptoKey} secret @param {string[]} uses */
async function publicHalf(secret, uses) {
  return new Uint8Array(await subtle.exportKey('raw-public', await subtle.getPublicKey(secret, uses)));
}

/**
 * A private key that no script can read, and its public bytes.
 * @param {string} algorithm
 * @param {Uint8Array} seed 32 bytes
 * @param {string} use of the private key
 * @param {string} publicUse
 * @returns {Promise<{secret: CryptoKey, pub: Uint8Array}>}
 */
export async function fromSeed(algorithm, seed, use, publicUse) {
  const secret = await subtle.importKey('raw-seed', seed, algorithm, false, [use]);
  return { secret, pub: await publicHalf(secret, [publicUse]) };
}

async function agreesOnMlDsa() {
  const { secret, pub } = await fromSeed(ML_DSA, SEED, 'sign', 'verify');
  const theirs = mlDsa.keygen(SEED);
  const said = utf8('OpenCEN');
  const signature = new Uint8Array(await subtle.sign(ML_DSA, secret, said));
  const verifier = await subtle.importKey('raw-public', pub, ML_DSA, true, ['verify']);
  return same(pub, theirs.publicKey)
    && mlDsa.verify(signature, said, pub)
    && await subtle.verify(ML_DSA, verifier, mlDsa.sign(said, theirs.secretKey), said);
}

async function agreesOnXWing() {
  const { secret, pub } = await fromSeed(X_WING, SEED, 'decapsulateBits', 'encapsulateBits');
  const sent = await encapsulate(pub);
  const receiver = await subtle.importKey('raw-public', pub, X_WING, true, ['encapsulateBits']);
  const theirs = await subtle.encapsulateBits(X_WING, receiver);
  return same(pub, await publicOf(SEED))
    && same(new Uint8Array(await subtle.decapsulateBits(X_WING, secret, sent.sent)), sent.sharedSecret)
    && same(await decapsulate(new Uint8Array(theirs.ciphertext), SEED), new Uint8Array(theirs.sharedKey));
}
