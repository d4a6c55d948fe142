/** An account, of an officer or of an administration's agent, and its generations of keys (sealed-protocol §4.2). */

import { NONE, hex } from './bytes.js';
import { chainId, readLink, requireFollows } from './links.js';
import { PUB, publicKey } from './public_keys.js';
import { ID, closed, number, oneOf, text } from './schema.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('./links.js').Link} Link */
/** @typedef {import('./links.js').Op} Op */
/** @typedef {import('./public_keys.js').PublicKey} PublicKey */

/**
 * `how` it came: new, rot or reset; and of a rotation, `why`.
 * @typedef {{gen: number, key: PublicKey, how: string, why: string}} Generation
 */

/**
 * Where an account's administration says to which kids it reset the account, in that order.
 * @typedef {{resetsOf(adm: Uint8Array, account: Uint8Array): string[]}} Resets
 */

/** @type {import('./links.js').Ops} */
export const OPS = {
  new: closed({ adm: ID, gen: oneOf(1), name: text(), pub: PUB, typ: oneOf('officer', 'agent') }),
  rot: closed({ gen: number(2), pub: PUB, why: oneOf('routine', 'lost') }),
  reset: closed({ gen: number(2), pub: PUB, why: text({ least: 0 }) }),
  rev: closed({}),
};

/** An account's chain as far as it was verified; `apply` gives the next one or refuses. */
export class Account {
  constructor() {
    /** @type {Link | null} */
    this.head = null;
    this.id = NONE;
    this.adm = NONE;
    this.name = '';
    this.typ = '';
    this.genesis = NONE;
    /** @type {Generation[]} */
    this.generations = [];
    this.ended = false;
  }

  /** @param {Partial<Account>} changes @returns {Account} */
  #with(changes) {
    return Object.assign(new Account(), this, changes);
  }

  get newest() {
    return this.generations[this.generations.length - 1];
  }

  /** The key of this generation, if its kid is this one. @param {number} gen @param {Uint8Array} kid */
  key(gen, kid) {
    const key = this.generations[gen - 1]?.key;
    return key && key.name === hex(kid) ? key : null;
  }

  /** @param {Uint8Array} kid */
  keyOf(kid) {
    return this.generationOf(hex(kid))?.key ?? null;
  }

  /** @param {string} kid in hexadecimal */
  generationOf(kid) {
    return this.generations.find((generation) => generation.key.name === kid) ?? null;
  }

  /** Whether nothing but rotations lies between the two generations. @param {number} gen @param {number} to */
  onlyRotated(gen, to) {
    return this.generations.slice(gen, to).every((generation) => generation.how === 'rot');
  }

  /**
   * Refused: everything of §12 that concerns links.
   * @param {unknown} raw
   * @param {Resets} resets
   * @returns {Promise<Account>}
   */
  async apply(raw, resets) {
    const link = readLink(raw, 'usr', OPS);
    requireFollows(link, this.head, this.id);
    const [op] = link.ops;
    if (this.head === null) return this.#opened(link, op);
    if (this.ended) throw new Refused(Code.STATE);
    if (op.name === 'new') throw new Refused(Code.STATE);
    if (op.name === 'rev') {
      await link.requireSignedBy([this.newest.key]);
      return this.#with({ head: link, ended: true });
    }
    const { gen, why } = op.fields;
    const key = this.#nextKey(op);
    if (op.name === 'rot') await link.requireSignedBy([this.newest.key, key]);
    else {
      await link.requireSignedBy([key]);
      this.#requireReset(key, resets.resetsOf(this.adm, this.id));
    }
    return this.#with({ head: link, generations: [...this.generations, { gen, key, how: op.name, why }] });
  }

  /** @param {Link} link @param {Op} op */
  async #opened(link, op) {
    if (op.name !== 'new') throw new Refused(Code.STATE);
    const { adm, name, typ, pub } = op.fields;
    const key = publicKey(pub);
    await link.requireSignedBy([key]);
    const generations = [{ gen: 1, key, how: 'new', why: '' }];
    return this.#with({ head: link, id: chainId(link), adm, name, typ, genesis: link.lhash, generations });
  }

  /**
   * A reset is used once, and none that is older than one used already.
   * @param {PublicKey} key
   * @param {string[]} ordered
   */
  #requireReset(key, ordered) {
    const used = this.generations.filter((g) => g.how === 'reset').map((g) => ordered.indexOf(g.key.name));
    if (ordered.indexOf(key.name) <= Math.max(-1, ...used)) {
      throw new Refused(Code.UNCERTIFIED);
    }
  }

  /** @param {Op} op */
  #nextKey({ fields }) {
    if (fields.gen !== this.newest.gen + 1) throw new Refused(Code.STATE);
    const key = publicKey(fields.pub);
    if (this.generationOf(key.name)) throw new Refused(Code.KEY);
    return key;
  }
}
