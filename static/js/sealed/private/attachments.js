/** Files sealed and opened in constant memory (sealed-protocol §7). */

import { NONE, hex, isBytes, joined, random, same } from '../checks/bytes.js';
import { enc } from '../checks/cbor.js';
import { LARGEST_FILE } from '../checks/messages.js';
import { subtle } from '../native.js';
import { Code, Refused } from '../refusals.js';
import { CHUNK, Decryptor, Encryptor, sealedLength } from './cobblestone.js';
import { padme } from './sealing.js';

/**
 * `size` and `csize` in bytes, of the file and of its ciphertext; `ph` is SHA-256 of each part, joined.
 * @typedef {object} Descriptor
 * @property {Uint8Array} aid
 * @property {Uint8Array} key
 * @property {number} size
 * @property {number} csize
 * @property {Uint8Array} ph
 * @property {string} name
 * @property {string} type
 */

/** Bytes of ciphertext in a part. */
export const PART = 8 << 20;
// A multiple of the chunk, large enough that the cost of a call does not show.
const READ = 256 * CHUNK;

/** Bytes of ciphertext for a file of so many bytes. @param {number} size */
export const sealedSize = (size) => sealedLength(padme(size));

/** @param {number} csize bytes of ciphertext */
export const partCount = (csize) => Math.ceil(csize / PART);

/** @param {Uint8Array} bytes */
const digest = async (bytes) => new Uint8Array(await subtle.digest('SHA-256', bytes));

/** @param {Uint8Array} group @param {Uint8Array} aid */
const contextOf = (group, aid) => enc(['comm/1/att', group, aid]);

/** Seals one file as parts of 8 MiB; when `parts` has ended, `descriptor` says how to open it. */
export class Sealer {
  #key = random(32);
  #group;
  #source;
  #name;
  #kind;
  /** @type {Promise<Uint8Array>[]} */
  #hashing = [];
  /** @type {Uint8Array} */
  #hashes = NONE;

  /**
   * Refused: `file`.
   * @param {Uint8Array} group
   * @param {Blob} source
   * @param {string} name
   * @param {string} kind media type
   */
  constructor(group, source, name, kind) {
    if (source.size > LARGEST_FILE) throw new Refused(Code.FILE);
    this.aid = random(16);
    this.#group = group;
    this.#source = source;
    this.#name = name;
    this.#kind = kind;
  }

  /** Refused: `file` when the source is not as long as was said. @returns {AsyncGenerator<Uint8Array>} */
  async* parts() {
    const sealer = await Encryptor.begun(this.#key, contextOf(this.#group, this.aid));
    const waiting = new Waiting();
    for await (const plain of this.#padded()) {
      waiting.add(await sealer.update(plain));
      while (waiting.length >= PART) yield this.#counted(waiting.take(PART));
    }
    waiting.add(await sealer.finalize());
    while (waiting.length) yield this.#counted(waiting.take(Math.min(PART, waiting.length)));
    this.#hashes = joined(...await Promise.all(this.#hashing));
  }

  /** The part, whose hash is taken while the next one is sealed. @param {Uint8Array} part */
  #counted(part) {
    this.#hashing.push(digest(part));
    return part;
  }

  /** The next piece is read while this one is sealed. */
  async* #padded() {
    const { size } = this.#source;
    let next = this.#read(0);
    for (let at = 0; at < size; at += READ) {
      const plain = await next;
      next = this.#read(at + READ);
      if (plain?.length !== Math.min(READ, size - at)) throw new Refused(Code.FILE);
      yield plain;
    }
    for (let left = padme(size) - size; left > 0; left -= READ) yield new Uint8Array(Math.min(READ, left));
  }

  /** Null for a file that was moved, changed or forbidden since it was chosen. @param {number} from */
  async #read(from) {
    try {
      return new Uint8Array(await this.#source.slice(from, from + READ).arrayBuffer());
    } catch {
      return null;
    }
  }

  /** @returns {Descriptor} */
  get descriptor() {
    return {
      aid: this.aid,
      key: this.#key,
      size: this.#source.size,
      csize: sealedSize(this.#source.size),
      ph: this.#hashes,
      name: this.#name,
      type: this.#kind,
    };
  }
}

/** Bytes that wait for a part to be full. */
class Waiting {
  /** @type {Uint8Array[]} */
  #pieces = [];
  length = 0;

  /** @param {Uint8Array} piece */
  add(piece) {
    this.#pieces.push(piece);
    this.length += piece.length;
  }

  /** @param {number} length not more than there is */
  take(length) {
    const out = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      const [piece] = this.#pieces;
      const taken = piece.subarray(0, length - at);
      out.set(taken, at);
      at += taken.length;
      if (taken.length < piece.length) this.#pieces[0] = piece.subarray(taken.length);
      else this.#pieces.shift();
    }
    this.length -= length;
    return out;
  }
}

/**
 * The file, once all of it was right; before that its pieces wait outside of the script's memory. Its type is neutral:
 * what the author called it is not what a browser may do with it. Refused: `file`, `sealed`.
 * @param {Uint8Array} group
 * @param {Descriptor} descriptor
 * @param {AsyncIterable<Uint8Array> | Iterable<Uint8Array>} parts
 * @returns {Promise<Blob>}
 */
export async function openFile(group, descriptor, parts) {
  const kept = [];
  for await (const plain of openedPieces(group, descriptor, parts)) kept.push(new Blob([plain]));
  return new Blob(kept, { type: 'application/octet-stream' });
}

/**
 * The file piece by piece, each authentic; that it was all is known only when the generator has ended.
 * Refused: `file`, `sealed`.
 * @param {Uint8Array} group
 * @param {Descriptor} descriptor
 * @param {AsyncIterable<Uint8Array> | Iterable<Uint8Array>} parts
 * @returns {AsyncGenerator<any>}
 */
export async function* openedPieces(group, descriptor, parts) {
  requireSound(descriptor);
  let left = descriptor.size;
  for await (const plain of opened(group, descriptor, parts)) {
    const kept = plain.subarray(0, left);
    if (plain.subarray(kept.length).some((byte) => byte !== 0)) {
      throw new Refused(Code.FILE);
    }
    left -= kept.length;
    if (kept.length) yield kept;
  }
}

/**
 * @param {Uint8Array} group
 * @param {Descriptor} descriptor
 * @param {AsyncIterable<Uint8Array> | Iterable<Uint8Array>} parts
 */
async function* opened(group, { aid, key, csize, ph }, parts) {
  const opener = new Decryptor(key, contextOf(group, aid));
  let place = 0, received = 0;
  for await (const part of parts) {
    const hash = ph.subarray(32 * place, 32 * place + 32);
    if (!isBytes(part) || hash.length !== 32 || !same(await digest(part), hash)) {
      throw new Refused(Code.FILE);
    }
    place++;
    received += part.length;
    yield await opener.update(part);
  }
  if (received !== csize) throw new Refused(Code.FILE);
  yield await opener.finalize();
}

/** That the sizes fit each other. Refused: `file`. @param {Descriptor} descriptor */
export function requireSound(descriptor) {
  if (descriptor.csize !== sealedSize(descriptor.size)) throw new Refused(Code.FILE);
  if (descriptor.ph.length !== 32 * partCount(descriptor.csize)) {
    throw new Refused(Code.FILE);
  }
}

/**
 * That the header names exactly the files of the body. Refused: `file`.
 * @param {[Uint8Array, number][]} declared
 * @param {Descriptor[]} descriptors
 */
export function requireAgreement(declared, descriptors) {
  descriptors.forEach(requireSound);
  const said = declared.map(([aid, csize]) => `${hex(aid)} ${csize}`).sort();
  const meant = descriptors.map(({ aid, csize }) => `${hex(aid)} ${csize}`).sort();
  if (said.join() !== meant.join()) throw new Refused(Code.FILE);
}
