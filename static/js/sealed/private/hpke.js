/**
 * HPKE (RFC 9180) in the one form of sealed-protocol §2: base mode, a single shot, X-Wing, HKDF-SHA256, AES-256-GCM, no
 * associated data. Over WebCrypto; the published answers of others and the other client agree with it (tests).
 */

import { NONE, joined, utf8 } from '../checks/bytes.js';
import { subtle } from '../native.js';
import { decap, encap } from './wing.js';

/** @typedef {import('./wing.js').WingPair} WingPair */

/** KEM 0x647a, KDF 0x0001, AEAD 0x0002. */
const SUITE = Uint8Array.of(0x64, 0x7a, 0, 1, 0, 2);
const VERSION = utf8('HPKE-v1'), NAME = utf8('HPKE');
// HMAC fills an absent salt with zeros in any case.
const NO_SALT = new Uint8Array(32);
const KEY = 32, NONCE = 12, BASE_MODE = 0;

/** @param {Uint8Array} key @param {...Uint8Array} parts */
async function mac(key, ...parts) {
  const imported = await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await subtle.sign('HMAC', imported, joined(...parts)));
}

/**
 * Key and nonce of the only message (RFC 9180 §5.1). HKDF-Expand is one block of it here.
 * @param {Uint8Array} shared
 * @param {Uint8Array} info
 * @param {Uint8Array} [suite] for published answers of other suites
 */
export async function keySchedule(shared, info, suite = SUITE) {
  const extract = (salt, label, from) => mac(salt, VERSION, NAME, suite, utf8(label), from);
  const expand = async (key, label, context, length) => (await mac(
    key, Uint8Array.of(0, length), VERSION, NAME, suite, utf8(label), context, Uint8Array.of(1))).slice(0, length);
  const hashes = await Promise.all([extract(NO_SALT, 'psk_id_hash', NONE), extract(NO_SALT, 'info_hash', info)]);
  const context = joined(Uint8Array.of(BASE_MODE), ...hashes), secret = await extract(shared, 'secret', NONE);
  const [key, iv] = await Promise.all([expand(secret, 'key', context, KEY), expand(secret, 'base_nonce', context, NONCE)]);
  return { key, iv };
}

/** @param {Uint8Array} shared @param {Uint8Array} info @param {'encrypt' | 'decrypt'} use @param {Uint8Array} data */
async function once(shared, info, use, data) {
  const { key, iv } = await keySchedule(shared, info);
  const imported = await subtle.importKey('raw', key, 'AES-GCM', false, [use]);
  return new Uint8Array(await subtle[use]({ name: 'AES-GCM', iv }, imported, data));
}

/** `enc ‖ ct`. @param {Uint8Array} x the recipient's 1216 public bytes @param {Uint8Array} info @param {Uint8Array} text */
export async function sealOnce(x, info, text) {
  const { sharedSecret, sent } = await encap(x);
  return joined(sent, await once(sharedSecret, info, 'encrypt', text));
}

/** @param {WingPair['secret']} secret @param {Uint8Array} sent @param {Uint8Array} info @param {Uint8Array} ct */
export const openOnce = async (secret, sent, info, ct) => once(await decap(secret, sent), info, 'decrypt', ct);
