/**
 * The private half of one generation of an account; everything comes from one seed (sealed-protocol §3.4).
 *
 * Keys are WebCrypto's and cannot be read by a script wherever the browser has the algorithm.
 */

import { ml_dsa65 as mlDsa } from '@noble/post-quantum/ml-dsa.js';

import { fromBase64url } from '../checks/base64url.js';
import { NONE, fromHex, joined, random, utf8 } from '../checks/bytes.js';
import { enc } from '../checks/cbor.js';
import { ED25519, ML_DSA_65, publicKey } from '../checks/public_keys.js';
import { protectedHeader, toBeSigned } from '../checks/signed.js';
import { ML_DSA, fromSeed, isNative, subtle } from '../native.js';
import { wingPair } from './wing.js';

/** @typedef {import('../checks/public_keys.js').PublicKey} PublicKey */
/** @typedef {import('./wing.js').WingPair} WingPair */
/** @typedef {(signed: Uint8Array) => Promise<Uint8Array>} Sign */

export const SEED_BYTES = 32;
// PKCS #8 around an Ed25519 seed, RFC 8410.
const PKCS8 = fromHex('302e020100300506032b657004220420');

/**
 * 32 bytes by HKDF-SHA256.
 * @param {Uint8Array} key
 * @param {string | Uint8Array} info
 * @param {Uint8Array} [salt]
 */
export async function derive(key, info, salt = NONE) {
  const from = await subtle.importKey('raw', key, 'HKDF', false, ['deriveBits']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt, info: typeof info === 'string' ? utf8(info) : info };
  return new Uint8Array(await subtle.deriveBits(how, from, 256));
}

export const newSeed = () => random(SEED_BYTES);

/** The 1216 bytes to which others seal. @param {Uint8Array} seed of X-Wing */
export const wingPublic = async (seed) => (await wingPair(seed)).pub;

/** @param {Uint8Array} seed @returns {Promise<{pub: Uint8Array, sign: Sign}>} */
async function ed25519Pair(seed) {
  const pkcs8 = joined(PKCS8, seed);
  const readable = await subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
  const { x } = await subtle.exportKey('jwk', readable);
  const secret = await subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
  const sign = async (/** @type {Uint8Array} */ signed) => new Uint8Array(await subtle.sign('Ed25519', secret, signed));
  return { pub: fromBase64url(x), sign };
}

/** @param {Uint8Array} seed @returns {Promise<{pub: Uint8Array, sign: Sign}>} */
export async function mlDsaPair(seed) {
  if (!await isNative(ML_DSA)) {
    const { publicKey: pub, secretKey } = mlDsa.keygen(seed);
    return { pub, sign: async (signed) => mlDsa.sign(signed, secretKey) };
  }
  const { secret, pub } = await fromSeed(ML_DSA, seed, 'sign', 'verify');
  return { pub, sign: async (signed) => new Uint8Array(await subtle.sign(ML_DSA, secret, signed)) };
}

/** Signs and opens for one generation; made by `keysOf`. */
export class Keys {
  /** @type {{algorithm: number, sign: Sign}[]} */
  #signers;

  /** @param {PublicKey} pub @param {WingPair['secret']} opener @param {{algorithm: number, sign: Sign}[]} signers */
  constructor(pub, opener, signers) {
    this.public = pub;
    this.opener = opener;
    this.#signers = signers;
  }

  get kid() {
    return this.public.kid;
  }

  /** The two entries of this signer, in the order of the profile. @param {string} kind @param {Uint8Array} payload */
  async signatures(kind, payload) {
    return Promise.all(this.#signers.map(async ({ algorithm, sign }) => {
      const header = protectedHeader(algorithm, this.kid);
      return [header, {}, await sign(toBeSigned(header, kind, payload))];
    }));
  }
}

/** @param {Uint8Array} seed 32 bytes @returns {Promise<Keys>} */
export async function keysOf(seed) {
  const [wing, ed25519, lattice] = await Promise.all([
    derive(seed, 'comm/1/key/xwing').then(wingPair),
    derive(seed, 'comm/1/key/ed25519').then(ed25519Pair),
    derive(seed, 'comm/1/key/mldsa65').then(mlDsaPair),
  ]);
  const pub = publicKey({ e: ed25519.pub, m: lattice.pub, x: wing.pub });
  return new Keys(pub, wing.secret, [
    { algorithm: ED25519, sign: ed25519.sign },
    { algorithm: ML_DSA_65, sign: lattice.sign },
  ]);
}

/**
 * The signed object of this content; the kind is its `k`.
 * @param {Record<string, any>} content
 * @param {...Keys} signers
 */
export async function sign(content, ...signers) {
  const payload = enc(content);
  const entries = await Promise.all(signers.map((keys) => keys.signatures(content.k, payload)));
  return enc([NONE, {}, payload, entries.flat()]);
}
