/**
 * X-Wing where WebCrypto lacks it: ML-KEM-768 by @noble/post-quantum, X25519 by WebCrypto, joined by SHA3-256.
 */

import { sha3_256 as sha3, shake256 } from '@noble/hashes/sha3.js';
import { ml_kem768 as mlKem } from '@noble/post-quantum/ml-kem.js';

import { fromBase64url } from './checks/base64url.js';
import { fromHex, joined } from './checks/bytes.js';

const subtle = globalThis.crypto?.subtle;
// PKCS #8 around an X25519 key, RFC 8410.
const PKCS8 = fromHex('302e020100300506032b656e04220420');
// A cross in a ring: the name of the construction, inside its hash.
const LABEL = fromHex('5c2e2f2f5e5c');
const ML_KEM_PUBLIC = 1184, ML_KEM_SEALED = 1088;

/** @param {CryptoKey} key @returns {Promise<Uint8Array>} */
const publicBytes = async (key) => fromBase64url((await subtle.exportKey('jwk', key)).x);

/** @param {CryptoKey} secret @param {Uint8Array} theirs */
async function agreed(secret, theirs) {
  const key = await subtle.importKey('raw', theirs, 'X25519', true, []);
  return new Uint8Array(await subtle.deriveBits({ name: 'X25519', public: key }, secret, 256));
}

/** @param {...Uint8Array} parts */
const combined = (...parts) => sha3(joined(...parts, LABEL));

/** @param {Uint8Array} seed 32 bytes */
async function parts(seed) {
  const expanded = shake256(seed, { dkLen: 96 });
  const lattice = mlKem.keygen(expanded.subarray(0, 64));
  const secret = await subtle.importKey('pkcs8', joined(PKCS8, expanded.subarray(64)), 'X25519', true, ['deriveBits']);
  return { lattice, secret, curve: await publicBytes(secret) };
}

/** The 1216 public bytes of a seed. @param {Uint8Array} seed 32 bytes */
export async function publicOf(seed) {
  const { lattice, curve } = await parts(seed);
  return joined(lattice.publicKey, curve);
}

/** @param {Uint8Array} pub 1216 bytes @returns {Promise<{sharedSecret: Uint8Array, sent: Uint8Array}>} */
export async function encapsulate(pub) {
  const { cipherText, sharedSecret } = mlKem.encapsulate(pub.subarray(0, ML_KEM_PUBLIC));
  const curve = pub.subarray(ML_KEM_PUBLIC);
  const { privateKey, publicKey } = await subtle.generateKey('X25519', true, ['deriveBits']);
  const ours = await publicBytes(publicKey);
  return {
    sharedSecret: combined(sharedSecret, await agreed(privateKey, curve), ours, curve),
    sent: joined(cipherText, ours),
  };
}

/** @param {Uint8Array} sent 1120 bytes @param {Uint8Array} seed 32 bytes @returns {Promise<Uint8Array>} */
export async function decapsulate(sent, seed) {
  const { lattice, secret, curve } = await parts(seed);
  const theirs = sent.subarray(ML_KEM_SEALED);
  const first = mlKem.decapsulate(sent.subarray(0, ML_KEM_SEALED), lattice.secretKey);
  return combined(first, await agreed(secret, theirs), theirs, curve);
}
