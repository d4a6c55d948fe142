/** X-Wing (MLKEM768-X25519, KEM 0x647a) as @hpke/core asks for it: WebCrypto's where it has it, else ours. */

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

/** @param {Uint8Array} bytes */
const buffer = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

/** What a single shot in base mode needs of `KemInterface`; there is no other use. */
export class XWingKem {
  id = 0x647a;
  secretSize = 32;
  encSize = 1120;
  publicKeySize = 1216;
  privateKeySize = 32;

  /** @param {{recipientPublicKey: any}} to whose `bytes` are the 1216 of the public key */
  async encap({ recipientPublicKey: { bytes } }) {
    if (!await isNative(X_WING)) {
      const { sharedSecret, sent } = await encapsulate(bytes);
      return { sharedSecret: buffer(sharedSecret), enc: buffer(sent) };
    }
    const key = await subtle.importKey('raw-public', bytes, X_WING, true, ['encapsulateBits']);
    const { sharedKey, ciphertext } = await subtle.encapsulateBits(X_WING, key);
    return { sharedSecret: sharedKey, enc: ciphertext };
  }

  /** @param {{recipientKey: any, enc: ArrayBuffer}} from whose `secret` is that of a `WingPair` */
  async decap({ recipientKey: { secret }, enc }) {
    if (secret instanceof Uint8Array) return buffer(await decapsulate(new Uint8Array(enc), secret));
    return subtle.decapsulateBits(X_WING, secret, enc);
  }
}
