/**
 * Cobblestone-256, c2sp.org/chunked-encryption@v1 with AES-256-GCM, over WebCrypto: chunks of 16 KiB, key-committing,
 * bound to a context. A text of any length goes through in pieces; the last chunk is short, and be it empty.
 */

import { NONE, joined, random, same, utf8 } from '../checks/bytes.js';
import { subtle } from '../native.js';
import { Code, Refused } from '../refusals.js';

/** Bytes of text in a chunk. */
export const CHUNK = 16 << 10;
export const TAG = 16;
const SALT = 24, KEY = 32, NONCE = 12, COMMITMENT = 32;
/** Bytes before the first chunk: salt and commitment. */
export const HEAD = SALT + COMMITMENT;
const LABEL = utf8('c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0');
// Enough calls in flight to keep every core busy, few enough to keep memory flat.
const AT_ONCE = 16;

/** Bytes of ciphertext for so many bytes of text. @param {number} length */
export const sealedLength = (length) => HEAD + length + TAG * (Math.floor(length / CHUNK) + 1);

/** HKDF-Expand with SHA-512. @param {Uint8Array} key @param {Uint8Array} info @param {number} length of the output */
async function expanded(key, info, length) {
  const mac = await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-512' }, false, ['sign']);
  let block = NONE, out = NONE;
  for (let count = 1; out.length < length; count++) {
    block = new Uint8Array(await subtle.sign('HMAC', mac, joined(block, info, Uint8Array.of(count))));
    out = joined(out, block);
  }
  return out.subarray(0, length);
}

/** The chunks of one ciphertext, counted. */
class Chunks {
  /** @param {CryptoKey} key @param {Uint8Array} nonce @param {Uint8Array} commitment */
  constructor(key, nonce, commitment) {
    this.key = key;
    this.nonce = nonce;
    this.commitment = commitment;
    this.count = 0;
  }

  /** @param {Uint8Array} key 32 bytes @param {Uint8Array} salt @param {Uint8Array} context @param {string} use */
  static async of(key, salt, context, use) {
    const derived = await expanded(key, joined(LABEL, salt, context), KEY + NONCE + COMMITMENT);
    return new Chunks(
      await subtle.importKey('raw', derived.subarray(0, KEY), 'AES-GCM', false, [use]),
      derived.slice(KEY, KEY + NONCE),
      derived.slice(KEY + NONCE),
    );
  }

  /** The nonce of the next chunk: its number, counted from the end of the base. */
  next() {
    const iv = this.nonce.slice();
    let number = this.count++;
    for (let at = NONCE - 1; number > 0; at--) {
      iv[at] ^= number & 255;
      number = Math.floor(number / 256);
    }
    return { name: 'AES-GCM', iv };
  }

  /**
   * Works on pieces of `size` bytes each, the last one as long as it is; each comes out `longer` by so many bytes.
   * @param {Uint8Array} input
   * @param {number} size
   * @param {number} longer
   * @param {(algorithm: object, piece: Uint8Array) => Promise<ArrayBuffer>} work
   */
  async each(input, size, longer, work) {
    const count = Math.ceil(input.length / size), out = new Uint8Array(input.length + longer * count);
    const one = async (/** @type {number} */ place) => {
      const done = await work(this.next(), input.subarray(place * size, (place + 1) * size));
      out.set(new Uint8Array(done), place * (size + longer));
    };
    for (let from = 0; from < count; from += AT_ONCE) {
      const some = Math.min(AT_ONCE, count - from);
      await Promise.all(Array.from({ length: some }, (_, place) => one(from + place)));
    }
    return out;
  }
}

/** Seals a text piece by piece: `update` any number of times, then `finalize`. One call after the other. */
export class Encryptor {
  #waiting = NONE;
  #head = NONE;
  #chunks;

  /** @param {Chunks} chunks @param {Uint8Array} head */
  constructor(chunks, head) {
    this.#chunks = chunks;
    this.#head = head;
  }

  /** @param {Uint8Array} key 32 bytes @param {Uint8Array} context */
  static async begun(key, context) {
    if (key.length !== KEY) throw new Refused(Code.SEALED);
    const salt = random(SALT);
    const chunks = await Chunks.of(key, salt, context, 'encrypt');
    return new Encryptor(chunks, joined(salt, chunks.commitment));
  }

  /** Ciphertext that is ready. @param {Uint8Array} text @returns {Promise<Uint8Array>} */
  async update(text) {
    const input = this.#waiting.length ? joined(this.#waiting, text) : text;
    const whole = input.length - input.length % CHUNK;
    this.#waiting = input.slice(whole);
    return this.#sealed(input.subarray(0, whole));
  }

  /** @returns {Promise<Uint8Array>} */
  async finalize() {
    const last = await this.#encrypt(this.#chunks.next(), this.#waiting);
    return joined(await this.#sealed(NONE), new Uint8Array(last));
  }

  /** @param {Uint8Array} whole chunks */
  async #sealed(whole) {
    const head = this.#head;
    this.#head = NONE;
    const chunks = await this.#chunks.each(whole, CHUNK, TAG, (algorithm, piece) => this.#encrypt(algorithm, piece));
    return head.length ? joined(head, chunks) : chunks;
  }

  /** @param {object} algorithm @param {Uint8Array} piece */
  #encrypt(algorithm, piece) {
    return subtle.encrypt(algorithm, this.#chunks.key, piece);
  }
}

/**
 * Opens piece by piece. What `update` gives is authentic, but only `finalize` says that it was all. Refused: `sealed`.
 */
export class Decryptor {
  #waiting = NONE;
  #key;
  #context;
  /** @type {Chunks | null} */
  #chunks = null;

  /** @param {Uint8Array} key 32 bytes @param {Uint8Array} context */
  constructor(key, context) {
    if (key?.length !== KEY) throw new Refused(Code.SEALED);
    this.#key = key;
    this.#context = context;
  }

  /** @param {Uint8Array} sealed @returns {Promise<Uint8Array>} */
  async update(sealed) {
    let input = this.#waiting.length ? joined(this.#waiting, sealed) : sealed;
    if (this.#chunks === null) {
      this.#waiting = input.slice(0, HEAD);
      if (input.length < HEAD) return NONE;
      this.#chunks = await this.#begun(input.subarray(0, HEAD));
      input = input.subarray(HEAD);
    }
    const whole = input.length - input.length % (CHUNK + TAG);
    this.#waiting = input.slice(whole);
    return this.#opened(input.subarray(0, whole));
  }

  /** @returns {Promise<Uint8Array>} */
  async finalize() {
    if (this.#chunks === null || this.#waiting.length < TAG) throw new Refused(Code.SEALED);
    return this.#opened(this.#waiting);
  }

  /** @param {Uint8Array} head */
  async #begun(head) {
    const chunks = await Chunks.of(this.#key, head.subarray(0, SALT), this.#context, 'decrypt');
    if (!same(chunks.commitment, head.subarray(SALT))) throw new Refused(Code.SEALED);
    return chunks;
  }

  /** @param {Uint8Array} pieces */
  async #opened(pieces) {
    const chunks = /** @type {Chunks} */ (this.#chunks);
    const open = (/** @type {object} */ algorithm, /** @type {Uint8Array} */ piece) =>
      subtle.decrypt(algorithm, chunks.key, piece);
    try {
      return await chunks.each(pieces, CHUNK + TAG, -TAG, open);
    } catch {
      throw new Refused(Code.SEALED);
    }
  }
}
