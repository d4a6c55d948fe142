/** Adding a device: the new one shows a code, an enrolled one hands everything over (sealed-protocol §10). */

import { random, same, sha256 } from '../checks/bytes.js';
import { dec, enc } from '../checks/cbor.js';
import { ID, TIME, closed, number, octets, oneOf, orNull } from '../checks/schema.js';
import { crockford, fromCrockford, heard, inGroups, lettersOf } from '../checks/spoken_codes.js';
import { Code, Refused } from '../refusals.js';
import { sealTo, unsealOwn } from './sealing.js';
import { wingPair } from './wing.js';

/** @typedef {import('./wing.js').WingPair} WingPair */

export const REQUEST = closed({ k: oneOf('link'), u: ID, dev: ID, x: octets(1216), at: TIME });
/** Seconds. */
export const LONGEST_WAIT = 300;
/** Bytes: encoded pins of a few hundred groups. */
export const LARGEST_PINS = 256 << 10;
// Typed by hand: 100 bits that name the request and 40 that only the two devices know.
const TYPED_HASH = 20, TYPED_SECRET = 8, SECRET_BYTES = 5;
const ANSWER = closed({
  auk: octets(32),
  rev: number(1),
  sk: orNull(octets(16)),
  pins: octets({ most: LARGEST_PINS }),
  k: octets(SECRET_BYTES),
});

/** @param {Uint8Array} uid @param {Uint8Array} dev @param {Uint8Array} request */
const contextOf = (uid, dev, request) => ['comm/1/link', uid, dev, sha256(request)];

/** The device that asks; its secret never reaches the server. */
export class NewDevice {
  #opener;
  #secret;

  /**
   * @param {Uint8Array} uid
   * @param {Uint8Array} dev
   * @param {WingPair['secret']} opener
   * @param {Uint8Array} secret
   * @param {Uint8Array} request
   */
  constructor(uid, dev, opener, secret, request) {
    this.uid = uid;
    this.dev = dev;
    this.request = request;
    this.#opener = opener;
    this.#secret = secret;
  }

  /** @param {Uint8Array} uid @param {Uint8Array} dev @param {number} at Unix seconds */
  static async asking(uid, dev, at) {
    const { pub, secret: opener } = await wingPair(random(32));
    const request = enc({ k: 'link', u: uid, dev, x: pub, at });
    return new NewDevice(uid, dev, opener, random(SECRET_BYTES), request);
  }

  /** Shown by this device, typed or scanned at the enrolled one. */
  get code() {
    return inGroups(crockford(sha256(this.request)).slice(0, TYPED_HASH) + crockford(this.#secret));
  }

  /**
   * Refused: `sealed`, `cbor`, `schema`, and `rights` when somebody answered who did not see the code.
   * @param {unknown} answer
   * @returns {Promise<Record<string, any>>}
   */
  async received(answer) {
    const content = dec(await unsealOwn(this.#opener, contextOf(this.uid, this.dev, this.request), answer));
    ANSWER(content, 'answer');
    if (!same(content.k, this.#secret)) {
      throw new Refused(Code.RIGHTS, 'answered by somebody who did not see the code');
    }
    return content;
  }
}

/**
 * What the enrolled device posts; `handed` holds auk, rev, sk and pins.
 * Refused: `rights`, `late`, `schema`, `cbor`, `key`.
 * @param {Uint8Array} request
 * @param {unknown} code
 * @param {number} now Unix seconds
 * @param {Record<string, any>} handed
 */
export async function answer(request, code, now, handed) {
  const content = dec(request);
  REQUEST(content, 'request');
  const letters = lettersOf(code);
  if (letters.length !== TYPED_HASH + TYPED_SECRET) throw new Refused(Code.SCHEMA, 'the code has 28 letters');
  if (crockford(sha256(request)).slice(0, TYPED_HASH) !== heard(letters.slice(0, TYPED_HASH))) {
    throw new Refused(Code.RIGHTS, 'the code belongs to another request');
  }
  if (Math.abs(now - content.at) > LONGEST_WAIT) throw new Refused(Code.LATE, 'the request is older than five minutes');
  const k = fromCrockford(letters.slice(TYPED_HASH), SECRET_BYTES);
  return sealTo(content.x, contextOf(content.u, content.dev, request), enc({ ...handed, k }));
}
