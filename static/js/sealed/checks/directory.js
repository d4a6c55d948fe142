/** All that is known of the network, its administrations and accounts; who is certified, withdrawn, superseded. */

import { Administration } from './adm.js';
import { fromHex, hex, isBytes, same } from './bytes.js';
import { isMap } from './cbor.js';
import { positionOf } from './links.js';
import { Net } from './net.js';
import { read } from './signed.js';
import { Account } from './usr.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('./links.js').Position} Position */
/** @typedef {import('./public_keys.js').PublicKey} PublicKey */

/** The verified chains of kinds net, adm and usr. */
export class Directory {
  constructor() {
    this.net = new Net();
    /** By id. @type {Map<string, Administration>} */
    this.administrations = new Map();
    /** By id. @type {Map<string, Account>} */
    this.accounts = new Map();
  }

  /**
   * Adds one link to the chain that it names. Refused: whatever the chain refuses; nothing is changed then.
   * @param {string} kind
   * @param {unknown} raw
   * @returns {Promise<Position>}
   */
  async apply(kind, raw) {
    const content = read(raw).content();
    const identity = isMap(content) ? content.id ?? null : null;
    if (identity !== null && !isBytes(identity)) throw new Refused(Code.SCHEMA);
    if (kind === 'net') return this.#applyToNet(raw);
    if (kind === 'adm') {
      return this.#extend(this.administrations, identity, new Administration(), (chain) => chain.apply(raw));
    }
    if (kind === 'usr') return this.#extend(this.accounts, identity, new Account(), (chain) => chain.apply(raw, this));
    throw new Refused(Code.NEWER);
  }

  /** @param {unknown} raw @returns {Promise<Position>} */
  async #applyToNet(raw) {
    const before = this.net;
    const after = await before.apply(raw);
    // Another link came in between: this one is judged on what that one made.
    if (this.net !== before) return this.#applyToNet(raw);
    this.net = after;
    return positionOf(after.head);
  }

  /**
   * @template {Administration | Account} Chain
   * @param {Map<string, Chain>} chains
   * @param {Uint8Array | null} identity
   * @param {Chain} empty
   * @param {(chain: Chain) => Promise<Chain>} apply
   * @returns {Promise<Position>}
   */
  async #extend(chains, identity, empty, apply) {
    const before = identity === null ? empty : chains.get(hex(identity));
    if (!before) throw new Refused(Code.ORDER);
    const after = await apply(before);
    const name = hex(after.id);
    const now = chains.get(name) ?? empty;
    if (identity === null && now !== empty) throw new Refused(Code.ORDER);
    if (now !== before) return this.#extend(chains, identity, empty, apply);
    chains.set(name, after);
    return positionOf(after.head);
  }

  /**
   * The verified chains that may act, or acted, for an account of this administration.
   * @param {Uint8Array} adm
   * @returns {Administration[]}
   */
  lineage(adm) {
    return this.net.lineage(adm).flatMap((admission) => {
      const chain = this.administrations.get(hex(admission.adm));
      return chain?.head && same(chain.id, admission.genesis.slice(0, 16)) ? [chain] : [];
    });
  }

  /**
   * The kids to which its administration reset the account, in that order.
   * @param {Uint8Array} adm
   * @param {Uint8Array} account
   * @returns {string[]}
   */
  resetsOf(adm, account) {
    const who = hex(account);
    return this.lineage(adm).flatMap((chain) => chain.resets.filter((r) => r.account === who).map((r) => r.kid));
  }

  /** @param {Uint8Array} adm @param {Uint8Array} group @param {Uint8Array} account */
  hasSuccession(adm, group, account) {
    return this.lineage(adm).some((chain) => chain.successions.has(hex(group) + hex(account)));
  }

  /** Existence only: a later revocation does not undo it (principle M). @param {Uint8Array} account */
  isCertified(account) {
    const name = hex(account), chain = this.accounts.get(name);
    return !!chain && this.lineage(chain.adm).some((adm) => {
      const certificate = adm.certificates.get(name);
      return !!certificate && same(certificate.genesis, chain.genesis) && certificate.typ === chain.typ;
    });
  }

  /**
   * Ended by itself, revoked by its administration, or of an administration that left the network.
   * @param {Uint8Array} account
   */
  isWithdrawn(account) {
    const name = hex(account), chain = this.accounts.get(name);
    if (!chain) return false;
    if (chain.ended || this.lineage(chain.adm).some((adm) => adm.revoked.has(name))) return true;
    return this.net.lineage(chain.adm).at(-1)?.revoked ?? false;
  }

  /**
   * Whether the account is of this administration, of one that it took over, or of its successor.
   * @param {string} account
   * @param {Uint8Array} adm
   */
  belongsTo(account, adm) {
    const chain = this.accounts.get(account);
    if (!chain) return false;
    const answering = this.lineage(chain.adm).map(({ id }) => hex(id));
    return [adm, ...this.lineage(adm).map(({ id }) => id)].some((id) => answering.includes(hex(id)));
  }

  /**
   * Who takes bulletins for an administration now: what it, or the newest of its successors, named last. Accounts that
   * are not certified, are withdrawn, or belong elsewhere are passed over.
   * @param {Uint8Array} adm
   * @returns {string[]}
   */
  desk(adm) {
    const named = this.lineage(adm).flatMap(({ desk }) => (desk ? [desk] : [])).at(-1) ?? [];
    return named.filter((account) => {
      const id = fromHex(account);
      return this.isCertified(id) && !this.isWithdrawn(id) && this.belongsTo(account, adm);
    });
  }

  /**
   * Withdrawn now or ever: an administration that left stays one that left, whoever took it over since. Links are
   * judged by this, so that what was valid once stays valid (principle M).
   * @param {Uint8Array} account
   */
  wasWithdrawn(account) {
    const chain = this.accounts.get(hex(account));
    return !!chain && (this.isWithdrawn(account) || this.net.lineage(chain.adm).some(({ revoked }) => revoked));
  }

  /**
   * Superseded now or ever, for judging links.
   * @param {Uint8Array} account
   * @param {Uint8Array} kid
   */
  wasSuperseded(account, kid) {
    return this.isSuperseded(account, kid) || this.wasWithdrawn(account);
  }

  /**
   * A reset of the account that the named generation does not know of yet.
   * @param {Uint8Array} account
   * @param {number} gen
   */
  wasResetAfter(account, gen) {
    const chain = this.accounts.get(hex(account));
    if (!chain) return false;
    const pending = this.resetsOf(chain.adm, account).at(-1);
    if (pending !== undefined && !chain.generations.slice(0, gen).some((g) => g.key.name === pending)) return true;
    return chain.generations.slice(gen).some((g) => g.how === 'reset');
  }

  /**
   * Rule S: a later generation, a reset to another key, or withdrawn.
   * @param {Uint8Array} account
   * @param {Uint8Array} kid
   */
  isSuperseded(account, kid) {
    const chain = this.accounts.get(hex(account));
    if (!chain) return false;
    const generation = chain.generationOf(hex(kid));
    if (generation === null || generation.gen !== chain.newest.gen) return true;
    return this.isWithdrawn(account) || this.wasResetAfter(account, generation.gen);
  }

  /**
   * Refused: `uncertified`.
   * @param {Uint8Array} account
   * @param {number} gen
   * @param {Uint8Array} kid
   * @returns {PublicKey}
   */
  key(account, gen, kid) {
    const found = this.accounts.get(hex(account))?.key(gen, kid);
    if (!found) throw new Refused(Code.UNCERTIFIED);
    return found;
  }

  /** The name that holds now: the administration's word before the account's own. @param {Uint8Array} account */
  name(account) {
    const id = hex(account), chain = this.accounts.get(id);
    if (!chain) throw new Refused(Code.UNCERTIFIED);
    const said = this.lineage(chain.adm).map((adm) => adm.certificates.get(id)?.name).filter((name) => !!name);
    return said.at(-1) ?? chain.name;
  }

  /**
   * What an author and the server ask, now, before an act. Refused: `uncertified`, `withdrawn`.
   * @param {Uint8Array} account
   * @param {Uint8Array} kid
   */
  requireUsable(account, kid) {
    if (!this.isCertified(account)) throw new Refused(Code.UNCERTIFIED);
    if (this.isSuperseded(account, kid)) throw new Refused(Code.WITHDRAWN);
  }
}
