/** A group's chain with the state after each link, so that a message can be judged where its author stood. */

import { same } from './bytes.js';
import { Group } from './grp.js';
import { apply } from './grp_links.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('./directory.js').Directory} Directory */
/** @typedef {import('./links.js').Link} Link */
/** @typedef {import('./links.js').Position} Position */

// After one of these nobody's earlier view of the group holds any more.
const FOR_EVERYBODY = new Set(['epoch', 'pol', 'suite', 'close']);
const FOR_ONE = new Set(['rem', 'role', 'key', 'sus', 'succ']);

/**
 * Whether an account that had not seen this link may not post on what it knew (sealed-protocol §6).
 * @param {Link} link
 * @param {Uint8Array} account
 */
export const isBarrier = (link, account) => link.ops.some(({ name, fields }) =>
  FOR_EVERYBODY.has(name) || (FOR_ONE.has(name) && same(fields.u, account)));

/**
 * The place among the messages at which the link stands.
 * @param {Link} link
 * @returns {{i: number, mark: Uint8Array}}
 */
export function markOf(link) {
  if (link.seq === 0) return { i: 0, mark: new Uint8Array(32) };
  const [i, mark] = link.content.ml;
  return { i, mark };
}

export class GroupChain {
  constructor() {
    /** @type {Group[]} */
    this.states = [];
    /** @type {Link[]} */
    this.links = [];
  }

  get now() {
    return this.states.at(-1) ?? new Group();
  }

  get id() {
    return this.now.id;
  }

  /**
   * Adds one valid link. Refused: whatever the link is refused for; nothing is changed then.
   * @param {unknown} raw
   * @param {Directory} directory
   * @returns {Promise<Group>}
   */
  async extend(raw, directory) {
    const length = this.states.length, before = this.states.at(-1);
    const state = await apply(before ?? new Group(), raw, directory);
    // Another link came in between: this one is judged on what that one made.
    if (this.states.length !== length || this.states.at(-1) !== before) return this.extend(raw, directory);
    if (state.head === null) throw new Refused(Code.ORDER, 'no link');
    this.states.push(state);
    this.links.push(state.head);
    return state;
  }

  /** Forgets the links from `seq` on. @param {number} seq */
  cut(seq) {
    this.states.length = this.links.length = Math.min(seq, this.links.length);
  }

  /** @param {Position} position */
  has({ seq, lhash }) {
    return seq < this.links.length && same(this.links[seq].lhash, lhash);
  }

  /** @param {number} seq @param {Uint8Array} account */
  barriersAfter(seq, account) {
    return this.links.slice(seq + 1).filter((link) => isBarrier(link, account));
  }
}
