/** The network root: which administrations belong to the network, and who takes over whom (sealed-protocol §4.1). */

import { Authority } from './authorities.js';
import { NONE, hex, same } from './bytes.js';
import { chainId, readLink, requireFollows } from './links.js';
import { pubsRule } from './public_keys.js';
import { HASH, ID, TREE_HEAD, closed, number, octets, orNull, several, text } from './schema.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('./links.js').Link} Link */
/** @typedef {import('./links.js').Op} Op */

/**
 * What the network root says of one administration.
 * @typedef {object} Admission
 * @property {Uint8Array} adm
 * @property {Uint8Array} genesis
 * @property {string} cc
 * @property {string} name
 * @property {Uint8Array | null} takesOver
 * @property {boolean} revoked
 */

/** @type {import('./links.js').Ops} */
export const OPS = {
  new: closed({ pubs: pubsRule, th: number(1, 9) }),
  root: closed({ pubs: pubsRule, th: number(1, 9) }),
  adm: closed({ a: ID, gh: HASH, cc: text({ most: 8 }), name: text(), succ: orNull(ID) }),
  admrev: closed({ a: ID }),
  log: closed({
    origin: text(),
    keys: several(octets({ most: 4096 }), { least: 1, most: 9 }),
    wit: several(octets({ most: 4096 }), { most: 64 }),
    w: number(0, 64),
    maxage: number(),
    from: TREE_HEAD,
  }),
  logrev: closed({}),
};

/** The network chain as far as it was verified; `apply` gives the next one or refuses. */
export class Net {
  constructor() {
    /** @type {Link | null} */
    this.head = null;
    this.id = NONE;
    /** @type {Authority | null} */
    this.root = null;
    /** By id of the administration, in the order in which they were admitted. @type {Map<string, Admission>} */
    this.admissions = new Map();
    this.logAnnounced = false;
  }

  /** @param {Partial<Net>} changes @returns {Net} */
  #with(changes) {
    return Object.assign(new Net(), this, changes);
  }

  /** Refused: everything of §12 that concerns links. @param {unknown} raw @returns {Promise<Net>} */
  async apply(raw) {
    const link = readLink(raw, 'net', OPS);
    requireFollows(link, this.head, this.id);
    const [op] = link.ops;
    if (this.root === null) return this.#founded(link, op);
    if (op.name === 'new') throw new Refused(Code.STATE);
    if (op.name === 'root') {
      const successor = Authority.namedIn(op.fields.pubs, op.fields.th);
      await this.root.requireHandover(link, successor);
      return this.#with({ head: link, root: successor });
    }
    await this.root.requireEnough(link);
    if (op.name === 'adm') return this.#admitting(link, this.#admitted(op));
    if (op.name === 'admrev') return this.#admitting(link, this.#revoked(op.fields.a));
    return this.#with({ head: link, logAnnounced: true });
  }

  /** @param {Link} link @param {Op} op */
  async #founded(link, op) {
    if (op.name !== 'new') throw new Refused(Code.STATE);
    const root = Authority.namedIn(op.fields.pubs, op.fields.th);
    await root.requireAll(link);
    return this.#with({ head: link, id: chainId(link), root });
  }

  /** @param {Link} link @param {Admission} admission */
  #admitting(link, admission) {
    return this.#with({ head: link, admissions: new Map(this.admissions).set(hex(admission.adm), admission) });
  }

  /** @param {Op} op @returns {Admission} */
  #admitted({ fields }) {
    if (this.admissions.has(hex(fields.a))) throw new Refused(Code.STATE);
    if (!same(fields.gh.slice(0, 16), fields.a)) throw new Refused(Code.STATE);
    if (fields.succ !== null) {
      if (!this.admissions.has(hex(fields.succ))) {
        throw new Refused(Code.STATE);
      }
      if (this.successorOf(fields.succ)) throw new Refused(Code.STATE);
    }
    const { a: adm, gh: genesis, cc, name, succ: takesOver } = fields;
    return { adm, genesis, cc, name, takesOver, revoked: false };
  }

  /** @param {Uint8Array} adm @returns {Admission} */
  #revoked(adm) {
    const admission = this.admissions.get(hex(adm));
    if (!admission || admission.revoked) throw new Refused(Code.STATE);
    return { ...admission, revoked: true };
  }

  /** The living administration that took this one over, if any. @param {Uint8Array} adm @returns {Admission | null} */
  successorOf(adm) {
    for (const admission of this.admissions.values()) {
      if (admission.takesOver !== null && same(admission.takesOver, adm) && !admission.revoked) return admission;
    }
    return null;
  }

  /**
   * The administration and those that took it over, as they were admitted; empty when it was never admitted.
   *
   * Successors that were revoked later stay: what they certified was certified (principle M).
   * @param {Uint8Array} adm
   * @returns {Admission[]}
   */
  lineage(adm) {
    /** @type {Admission[]} */
    const line = [];
    const first = hex(adm), ofIt = new Set();
    for (const [name, admission] of this.admissions) {
      const { takesOver } = admission;
      if (name !== first && (takesOver === null || !ofIt.has(hex(takesOver)))) continue;
      line.push(admission);
      ofIt.add(name);
    }
    return line;
  }
}
