/** The chains that all members read, verified link by link and held against what this browser saw before. */

import { Administration } from '../checks/adm.js';
import { fromHex, hex, isBytes, same } from '../checks/bytes.js';
import { isMap } from '../checks/cbor.js';
import { Directory } from '../checks/directory.js';
import { DAY } from '../checks/grp.js';
import { positionAsList } from '../checks/links.js';
import { Net } from '../checks/net.js';
import { read } from '../checks/signed.js';
import { administrationCode } from '../checks/spoken_codes.js';
import { Account } from '../checks/usr.js';
import { now } from '../private/authoring.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('../checks/links.js').Link} Link */
/** @typedef {import('./seen.js').Seen} Seen */
/** @typedef {import('./server.js').Server} Server */
/** @typedef {{kind: string, chain: string, seq: number, lhash: Uint8Array, name: string}} Place */

const EMPTY = { net: Net, adm: Administration, usr: Account };

/**
 * Where a link says that it stands; whether it does is another question. Refused: `cbor`, `schema`.
 * @param {string} kind
 * @param {Uint8Array} raw
 * @returns {Place}
 */
export function placeOf(kind, raw) {
  const signed = read(raw), { lhash } = signed, content = signed.content();
  const id = isMap(content) ? content.id ?? lhash.slice(0, 16) : null, seq = id && content.seq;
  if (!isBytes(id) || !Number.isSafeInteger(seq) || seq < 0) throw new Refused(Code.SCHEMA, 'not a link');
  return { kind, chain: hex(id), seq, lhash, name: `${kind} ${hex(id)}` };
}

export class Network {
  #server;
  #index = -1;
  /** From where links are asked for again, because one was not valid. @type {number | null} */
  #again = null;
  /** Chains of which a link was not valid, by kind and id. @type {Set<string>} */
  #failed = new Set();
  /** The own account, in hexadecimal. */
  own = '';
  /** What authors had seen, by group, author and kind: number → first and last place. @type {Map<string, Map<number, number[]>>} */
  #views = new Map();
  /** The verified links of each chain, by kind and id. @type {Map<string, Link[]>} */
  past = new Map();

  /** @param {Server} server @param {Seen} seen */
  constructor(server, seen) {
    this.#server = server;
    this.seen = seen;
    this.directory = new Directory();
  }

  /**
   * Fetches and verifies what is new. A link that is not valid is told, left out, and asked for again; what contradicts
   * what was seen is told and stops all sending.
   */
  async follow() {
    const last = this.#index;
    // The last link that is known is asked for again: a server that went back does not give it out.
    let after = Math.max(-1, Math.min(last, this.#again ?? last) - 1), met = last < 0;
    this.#again = null;
    this.#failed.clear();
    fetching: for (let links; (links = await this.#server.directory(after)).length;) {
      for (const { index, kind, raw } of links) {
        if (index <= after) break fetching;
        after = index;
        met ||= index === last;
        if (await this.#take(kind, raw)) this.#index = Math.max(this.#index, index);
        else this.#again ??= index;
      }
    }
    const { head } = this.directory.net;
    if (!met) this.#report('rollback', Code.ROLLBACK, { number: last }, 'the directory ends before what was seen', head.signed.raw);
    this.#holdAgainstPins();
    await this.seen.save();
  }

  /** Whether the link is known or is added. @param {string} kind @param {Uint8Array} raw */
  async #take(kind, raw) {
    /** @type {Record<string, any>} */
    let where = { kind: kind.slice(0, 8) };
    try {
      const place = placeOf(kind, raw), { name, seq, lhash } = place;
      where = { kind, chain: place.chain, seq };
      this.#failed.add(name);
      const kept = this.past.get(name)?.[seq];
      if (kept && !same(kept.lhash, lhash)) await this.#confront(place, kept, raw);
      else if (!kept) await this.#add(place, raw);
      else this.#failed.delete(name);
      return !this.#failed.has(name);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#report('invalid', error.code, where, error.detail, raw);
      return false;
    }
  }

  async #add({ kind, chain, name, seq }, raw) {
    const pinned = [...this.seen.pins.keys()].find((one) => one.startsWith('net '));
    if (kind === 'net' && !seq && pinned && pinned !== name) throw new Refused(Code.FORK, 'another network root');
    await this.directory.apply(kind, raw);
    const { net, administrations, accounts } = this.directory;
    const { head } = kind === 'net' ? net : (kind === 'adm' ? administrations : accounts).get(chain);
    if (seq) this.past.get(name).push(head); else this.past.set(name, [head]);
    this.#failed.delete(name);
    if (head.at > now() + DAY) this.#report('clock', Code.STATE, { kind, chain, seq }, '', raw);
  }

  /** Two valid links in one place are a fork. Refused: why the other one is not valid. */
  async #confront({ kind, chain, name, seq }, kept, raw) {
    let state = new EMPTY[kind]();
    for (const { signed } of this.past.get(name).slice(0, seq)) state = await state.apply(signed.raw, this.directory);
    await state.apply(raw, this.directory);
    this.#report('fork', Code.FORK, { kind, chain, seq }, '', kept.signed.raw, raw);
  }

  #report(kind, code, where, detail, ...objects) {
    this.seen.report(kind, code, where, detail, objects);
  }

  /** That nothing is older or other than this browser saw before; what is newer is seen from now on. */
  #holdAgainstPins() {
    for (const [name, [seq, lhash, raw]] of this.seen.pins) {
      const [kind, chain] = name.split(' ');
      if (!EMPTY[kind]) continue;
      const links = this.past.get(name) ?? [], where = { kind, chain, seq }, objects = raw ? [raw] : [];
      // A link that was not valid is asked for again, and may still come.
      if (this.#failed.has(name)) continue;
      if (links.length <= seq) this.#report('rollback', Code.ROLLBACK, where, '', ...objects);
      else if (hex(links[seq].lhash) !== lhash) {
        this.#report('fork', Code.FORK, where, '', ...objects, links[seq].signed.raw);
      }
    }
    if (this.seen.isStopped('')) return;
    for (const [name, links] of this.past) {
      const head = links.at(-1), foreign = name.startsWith('usr') && name !== `usr ${this.own}`;
      this.seen.pin(name, [head.seq, hex(head.lhash), foreign ? null : head.signed.raw]);
    }
  }

  // What authors have seen

  /** Whether an author had seen more than is known here. @param {Uint8Array} author @param {Record<string, any>} view */
  hasUnseen(author, view) {
    return this.#places(author, view).some(({ links, seq }) => links.length <= seq);
  }

  /**
   * Tells what an author's view says of the server: what is withheld here, or shown to the author otherwise. For when
   * fetching has brought nothing more. `i`: the message, or the one before the link.
   * @param {Uint8Array} author
   * @param {Record<string, any>} view
   * @param {Uint8Array} raw
   * @param {Record<string, any>} where
   * @param {string} gid
   * @param {number} i
   */
  lookAtView(author, view, raw, where, gid, i) {
    const by = this.nameOf(author);
    for (const { kind, chain, links, seq, lhash } of this.#places(author, view)) {
      const about = { ...where, kind, chain, seq }, kept = links[seq];
      if (!kept) {
        this.seen.report('withheld', Code.OFF_CHAIN, about, `${by} has seen link ${seq} of ${kind}`, [raw], gid);
      } else if (!same(kept.lhash, lhash)) {
        this.seen.report('split', Code.FORK, about, `${by}, link ${seq} of ${kind}`, [kept.signed.raw, raw], gid);
      } else if (this.#goesBack(`${gid} ${hex(author)} ${kind}`, seq, i)) {
        this.seen.report('older_view', Code.ROLLBACK, about, by, [raw], gid);
      }
    }
  }

  #places(author, view) {
    const account = this.directory.accounts.get(hex(author));
    if (!account) return [];
    return [['net', this.directory.net.id], ['adm', account.adm], ['usr', author]].map(([kind, id]) => {
      const [seq, lhash] = view[kind], chain = hex(id);
      return { kind, chain, seq, lhash, links: this.past.get(`${kind} ${chain}`) ?? [] };
    });
  }

  #goesBack(whose, seq, i) {
    const views = this.#views.get(whose) ?? new Map(), [first, last] = views.get(seq) ?? [i, i];
    this.#views.set(whose, views.set(seq, [Math.min(first, i), Math.max(last, i)]));
    return [...views].some(([other, [begins, ends]]) => (other > seq && begins < i) || (other < seq && ends > i));
  }

  /** @param {Uint8Array} account */
  nameOf(account) {
    const uid = hex(account);
    return this.directory.accounts.has(uid) ? this.directory.name(account) : uid.slice(0, 8);
  }

  /** `vw`: what this account has seen. @param {Uint8Array} account */
  view(account) {
    const { directory } = this;
    const usr = directory.accounts.get(hex(account));
    const adm = directory.administrations.get(hex(usr.adm));
    const [net, own, self] = [directory.net.head, adm.head, usr.head].map(positionAsList);
    return { net, adm: own, usr: self };
  }

  /**
   * Somebody as people know him: name, administration and the code that contact points compare.
   * @param {string} account
   */
  person(account) {
    const chain = this.directory.accounts.get(account);
    if (!chain) return { uid: account, name: '', administration: '', cc: '', code: '', usable: false };
    const line = this.directory.lineage(chain.adm);
    const adm = line.at(-1);
    const admission = adm && this.directory.net.admissions.get(hex(adm.id));
    const id = fromHex(account);
    return {
      uid: account,
      name: this.directory.name(id),
      typ: chain.typ,
      administration: admission?.name ?? '',
      cc: admission?.cc ?? '',
      code: admission ? administrationCode(admission.genesis) : '',
      adm: admission ? hex(admission.adm) : '',
      compared: Boolean(admission && this.seen.pins.has(`code ${hex(admission.adm)}`)),
      usable: this.directory.isCertified(id) && !this.directory.isSuperseded(id, chain.newest.key.kid),
    };
  }

  /** Everybody who can be invited: certified, in good standing. */
  people() {
    return [...this.directory.accounts.keys()].map((account) => this.person(account)).filter(({ usable }) => usable);
  }

  /** Certified accounts of an administration, for its contact point. @param {string} adm */
  ofAdministration(adm) {
    return [...this.directory.accounts].filter(([uid, chain]) =>
      hex(chain.adm) === adm && !this.directory.isWithdrawn(fromHex(uid)) && this.directory.isCertified(fromHex(uid)))
      .map(([uid]) => ({ uid, name: this.directory.name(fromHex(uid)) }));
  }

  /** Accounts of an administration that wait to be certified. @param {string} adm */
  waiting(adm) {
    return [...this.directory.accounts].filter(([uid, chain]) =>
      hex(chain.adm) === adm && !chain.ended && !this.directory.isCertified(fromHex(uid)))
      .map(([uid, chain]) => ({ uid, name: chain.name, typ: chain.typ }));
  }

}
