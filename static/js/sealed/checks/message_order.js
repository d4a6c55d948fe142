/** The order of a group's messages: M_i = SHA-256(M_{i-1} ‖ lhash_i) (sealed-protocol §6). */

import { joined, same, sha256 } from './bytes.js';
import { Code, Refused } from '../refusals.js';

export const FIRST_MARK = new Uint8Array(32);

/** @param {Uint8Array} mark @param {Uint8Array} lhash */
export const nextMark = (mark, lhash) => sha256(joined(mark, lhash));

/** The lhashes from some place on. A member that joined later starts at the `ml` of its own `add`. */
export class MessageOrder {
  /** @param {number} [start] @param {Uint8Array} [firstMark] */
  constructor(start = 0, firstMark = FIRST_MARK) {
    this.start = start;
    this.firstMark = firstMark;
    /** @type {Uint8Array[]} */
    this.lhashes = [];
    /** @type {Uint8Array[]} */
    this.marks = [];
  }

  get count() {
    return this.start + this.lhashes.length;
  }

  get mark() {
    return this.marks.at(-1) ?? this.firstMark;
  }

  /** (i, M_i) as it is written into `ml`. @returns {[number, Uint8Array]} */
  asList() {
    return [this.count, this.mark];
  }

  /** Adds the next message; its number. @param {Uint8Array} lhash */
  append(lhash) {
    this.marks.push(nextMark(this.mark, lhash));
    this.lhashes.push(lhash);
    return this.count;
  }

  /** M_i; null for what lies before the start or after the end. @param {number} i @returns {Uint8Array | null} */
  markAt(i) {
    return i === this.start ? this.firstMark : this.marks[i - this.start - 1] ?? null;
  }

  /** @param {number} i @returns {Uint8Array | null} */
  lhashAt(i) {
    return this.lhashes[i - this.start - 1] ?? null;
  }

  /**
   * That somebody saw the same order. Refused: `fork`, `off_chain` (ahead of what is known here).
   * @param {number} i
   * @param {Uint8Array} mark
   */
  require(i, mark) {
    if (i > this.count) throw new Refused(Code.OFF_CHAIN);
    const known = this.markAt(i);
    if (known !== null && !same(known, mark)) throw new Refused(Code.FORK);
  }
}
