/** An administration's authority: whom it certifies, revokes, resets (sealed-protocol §4.1). */

import { Authority } from './authorities.js';
import { NONE, hex, same } from './bytes.js';
import { chainId, readLink, requireFollows } from './links.js';
import { PUB, pubsRule } from './public_keys.js';
import { HASH, ID, closed, number, oneOf, orNull, several, text } from './schema.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('./links.js').Link} Link */
/** @typedef {import('./links.js').Op} Op */
/** @typedef {{genesis: Uint8Array, typ: string, name: string | null}} Certificate */

/** @type {import('./links.js').Ops} */
export const OPS = {
  new: closed({ cc: text({ most: 8 }), name: text(), pubs: pubsRule, th: number(1, 9) }),
  auth: closed({ pubs: pubsRule, th: number(1, 9) }),
  cert: closed({ u: ID, gh: HASH, typ: oneOf('officer', 'agent'), name: orNull(text()) }),
  rev: closed({ u: ID }),
  reset: closed({ u: ID, kid: ID, why: text({ least: 0 }) }),
  rec: closed({ mode: oneOf('none', 'one', '2of3'), pubs: several(PUB, { most: 3 }) }),
  succ: closed({ g: ID, u: ID }),
  // Its officers of all shifts, and the agent.
  desk: closed({ us: several(ID, { most: 200 }) }),
};
/** @type {Record<string, number>} */
const RECOVERY_KEYS = { none: 0, one: 1, '2of3': 3 };

/** An administration's chain as far as it was verified; `apply` gives the next one or refuses. */
export class Administration {
  constructor() {
    /** @type {Link | null} */
    this.head = null;
    this.id = NONE;
    this.cc = '';
    this.name = '';
    /** @type {Authority | null} */
    this.authority = null;
    /** By account. @type {Map<string, Certificate>} */
    this.certificates = new Map();
    /** Accounts. @type {Set<string>} */
    this.revoked = new Set();
    /**
     * In the order in which they were signed: only the last of an account is pending.
     * @type {{account: string, kid: string}[]}
     */
    this.resets = [];
    /** Group and account, in one. @type {Set<string>} */
    this.successions = new Set();
    /** The accounts that take bulletins for the administration. @type {string[] | null} */
    this.desk = null;
  }

  /** @param {Partial<Administration>} changes @returns {Administration} */
  #with(changes) {
    return Object.assign(new Administration(), this, changes);
  }

  /** Refused: everything of §12 that concerns links. @param {unknown} raw @returns {Promise<Administration>} */
  async apply(raw) {
    const link = readLink(raw, 'adm', OPS);
    requireFollows(link, this.head, this.id);
    const [op] = link.ops;
    if (this.authority === null) return this.#founded(link, op);
    if (op.name === 'new') throw new Refused(Code.STATE);
    if (op.name === 'auth') {
      const successor = Authority.namedIn(op.fields.pubs, op.fields.th);
      await this.authority.requireHandover(link, successor);
      return this.#with({ head: link, authority: successor });
    }
    await this.authority.requireEnough(link);
    return this.#with({ ...this.#changes(op), head: link });
  }

  /** @param {Link} link @param {Op} op */
  async #founded(link, { name, fields }) {
    if (name !== 'new') throw new Refused(Code.STATE);
    const authority = Authority.namedIn(fields.pubs, fields.th);
    await authority.requireAll(link);
    return this.#with({ head: link, id: chainId(link), cc: fields.cc, name: fields.name, authority });
  }

  /** @param {Op} op @returns {Partial<Administration>} */
  #changes({ name, fields }) {
    const account = fields.u && hex(fields.u);
    if (name === 'cert') {
      return { certificates: new Map(this.certificates).set(account, this.#certified(account, fields)) };
    }
    if (name === 'rev') {
      if (this.revoked.has(account)) throw new Refused(Code.STATE);
      return { revoked: new Set(this.revoked).add(account) };
    }
    if (name === 'reset') {
      const kid = hex(fields.kid);
      if (this.revoked.has(account)) {
        throw new Refused(Code.STATE);
      }
      if (this.resets.some((reset) => reset.kid === kid)) throw new Refused(Code.STATE);
      return { resets: [...this.resets, { account, kid }] };
    }
    if (name === 'rec') {
      if (fields.pubs.length !== RECOVERY_KEYS[fields.mode]) {
        throw new Refused(Code.SCHEMA);
      }
      return {};
    }
    if (name === 'desk') {
      const desk = fields.us.map(hex);
      if (new Set(desk).size < desk.length) throw new Refused(Code.STATE);
      if (desk.some((one) => this.revoked.has(one))) throw new Refused(Code.STATE);
      return { desk };
    }
    return { successions: new Set(this.successions).add(hex(fields.g) + account) };
  }

  /** @param {string} account @param {Record<string, any>} fields @returns {Certificate} */
  #certified(account, { u, gh, typ, name }) {
    const before = this.certificates.get(account);
    if (this.revoked.has(account)) throw new Refused(Code.STATE);
    if (!same(gh.slice(0, 16), u)) throw new Refused(Code.STATE);
    if (before && !(same(before.genesis, gh) && before.typ === typ)) {
      throw new Refused(Code.STATE);
    }
    return { genesis: gh, typ, name };
  }
}
