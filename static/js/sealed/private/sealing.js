/** Sealing under a shared key (Cobblestone-256), sealing to a key's owner (HPKE), padding (sealed-protocol §3.3). */

import { isBytes, joined } from '../checks/bytes.js';
import { enc } from '../checks/cbor.js';
import { Code, Refused } from '../refusals.js';
import { Decryptor, Encryptor } from './cobblestone.js';
import { openOnce, sealOnce } from './hpke.js';

/** @typedef {import('./wing.js').WingPair} WingPair */

export { CHUNK } from './cobblestone.js';
const FLOOR = 1024;
const ENCAPSULATION = 1120, TAG = 16, WING_PUBLIC = 1216;

/** @param {Uint8Array} key 32 bytes @param {any} context @param {Uint8Array} text */
export async function seal(key, context, text) {
  const sealer = await Encryptor.begun(key, enc(context));
  return joined(await sealer.update(text), await sealer.finalize());
}

/** Refused: `sealed`. @param {Uint8Array} key 32 bytes @param {any} context @param {unknown} sealed */
export async function unseal(key, context, sealed) {
  if (!isBytes(sealed)) throw new Refused(Code.SEALED);
  const opener = new Decryptor(key, enc(context));
  return joined(await opener.update(sealed), await opener.finalize());
}

/**
 * To the owner of these 1216 bytes. Refused: `key`, for bytes that nobody can own.
 * @param {Uint8Array} x
 * @param {any} info
 * @param {Uint8Array} text
 */
export async function sealTo(x, info, text) {
  if (!isBytes(x) || x.length !== WING_PUBLIC) throw new Refused(Code.KEY);
  try {
    return await sealOnce(x, enc(info), text);
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(Code.KEY);
  }
}

/** Refused: `sealed`. @param {WingPair['secret']} secret @param {any} info @param {unknown} sealed */
export async function unsealOwn(secret, info, sealed) {
  if (!isBytes(sealed) || sealed.length < ENCAPSULATION + TAG) throw new Refused(Code.SEALED);
  const encoded = enc(info);
  try {
    return await openOnce(secret, sealed.slice(0, ENCAPSULATION), encoded, sealed.slice(ENCAPSULATION));
  } catch {
    throw new Refused(Code.SEALED);
  }
}

/** The padded length: at most 12 % more, and it tells little about the true one. @param {number} length below 2^31 */
export function padme(length) {
  if (length <= FLOOR) return FLOOR;
  const exponent = 31 - Math.clz32(length);
  const unit = 2 ** (exponent - (32 - Math.clz32(exponent)));
  return Math.ceil(length / unit) * unit;
}

/** @param {Uint8Array} text */
export function pad(text) {
  const padded = new Uint8Array(padme(text.length + 1));
  padded.set(text);
  padded[text.length] = 0x80;
  return padded;
}

/** Refused: `padding`. @param {unknown} padded @returns {Uint8Array} */
export function unpad(padded) {
  if (!isBytes(padded)) throw new Refused(Code.PADDING);
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end--;
  if (padded[end] !== 0x80 || padme(end + 1) !== padded.length) throw new Refused(Code.PADDING);
  return padded.slice(0, end);
}
