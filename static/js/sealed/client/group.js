/** One group as this browser verified it: its chain, the order of its messages, the keys of its periods. */

import { fromHex, hex, same } from '../checks/bytes.js';
import { dec } from '../checks/cbor.js';
import { GroupChain, markOf } from '../checks/group_chain.js';
import { DAY } from '../checks/grp.js';
import { MessageOrder } from '../checks/message_order.js';
import { lhash as lhashOf } from '../checks/signed.js';
import { closures } from '../checks/withdrawn_keys.js';
import { readWrap } from '../checks/wraps.js';
import { now } from '../private/authoring.js';
import { epochKey, stepBack, unwrap } from '../private/epochs.js';
import { unseal } from '../private/sealing.js';
import { Code, Refused } from '../refusals.js';
import { placeOf } from './network.js';

/** @typedef {{server: import('./server.js').Server, network: import('./network.js').Network, own: import('./account.js').OwnAccount, seen: import('./seen.js').Seen}} Known */

/**
 * What was refused, or null.
 * @param {() => Promise<any> | any} act
 * @returns {Promise<Refused | null>}
 */
export async function refusalOf(act) {
  try {
    await act();
    return null;
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

/** Links and orders are only ever added to; what contradicts them is told and stops the group. */
export class KnownGroup {
  #known;
  /** By period. @type {Map<number, Uint8Array>} */
  #secrets = new Map();
  /** How many links' views of the directory were looked at. */
  #viewed = 0;
  chain = new GroupChain();
  order = new MessageOrder();
  /** What the server said it took from here: number and hash. @type {[number, Uint8Array][]} */
  acknowledged = [];
  /** Periods whose link back was found broken. @type {Set<number>} */
  broken = new Set();
  name = '';
  description = '';
  /** The administrations whose desks the group follows, the home first. @type {string[]} */
  desks = [];

  /** @param {string} gid @param {Known} known */
  constructor(gid, known) {
    this.gid = gid;
    this.id = fromHex(gid);
    this.#known = known;
  }

  get now() {
    return this.chain.now;
  }

  /** @param {string} kind @param {string} code @param {Record<string, any>} where @param {string} [detail] @param {...Uint8Array} objects */
  report(kind, code, where, detail = '', ...objects) {
    this.#known.seen.report(kind, code, { chain: this.gid, ...where }, detail, objects, this.gid);
  }

  /**
   * All pages of something, from after a place on.
   * @template T
   * @param {(after: number) => Promise<T[]>} fetchPage
   * @param {number} after
   */
  async #pages(fetchPage, after) {
    const found = [];
    for (let page; (page = await fetchPage(after + found.length)).length;) found.push(...page);
    return found;
  }

  // Links

  /**
   * Adds what is new. False when something may be mended by fetching again; `final` tells it instead.
   * @param {boolean} final
   */
  async takeLinks(final) {
    const { server, seen, network: { directory } } = this.#known, { chain } = this, known = chain.links.length;
    const fetchPage = (after) => server.links(this.gid, after), raws = await this.#pages(fetchPage, Math.max(known - 2, -1));
    if (known) {
      const head = chain.links[known - 1];
      if (!raws.length) {
        this.report('rollback', Code.ROLLBACK, { kind: 'grp', seq: head.seq }, '', head.signed.raw);
        return true;
      }
      const met = await refusalOf(() => { if (!same(lhashOf(raws[0]), head.lhash)) throw new Refused(Code.ORDER); });
      if (met) {
        for (const raw of await this.#pages(fetchPage, -1)) if (!await this.confront(raw)) break;
        return true;
      }
      raws.shift();
    }
    const trial = new GroupChain();
    trial.states.push(...chain.states);
    trial.links.push(...chain.links);
    let refusal = null;
    for (const raw of raws) {
      refusal = await refusalOf(async () => {
        if (!trial.links.length && !same(lhashOf(raw).slice(0, 16), this.id)) {
          throw new Refused(Code.OFF_CHAIN, 'the beginning of another group');
        }
        await trial.extend(raw, directory);
      });
      if (!refusal) continue;
      const kind = refusal.code === Code.UNCERTIFIED ? 'withheld' : 'invalid';
      if (final) this.report(kind, refusal.code, { kind: 'grp', seq: trial.links.length }, refusal.detail, raw);
      break;
    }
    this.#leaveUnsound(trial, Math.max(known, (seen.pins.get(`grp ${this.gid}`)?.[0] ?? -1) + 1));
    const fresh = trial.links.slice(known);
    Object.assign(chain, { states: trial.states, links: trial.links });
    for (const link of fresh) this.#tellOf(link);
    this.#holdLinksAgainstPin(!refusal);
    return !refusal;
  }

  /**
   * What stands on a withdrawn key is not taken, unless it was verified before or somebody vouched for it (rule S).
   * @param {GroupChain} trial
   * @param {number} from
   */
  #leaveUnsound(trial, from) {
    const { seen, network } = this.#known;
    const unsound = closures(trial, network.directory).unsound;
    const link = trial.links.find(({ seq, lhash }) =>
      seq >= from && unsound.has(seq) && !seen.pins.has(`vouched ${hex(lhash)}`));
    if (!link) return;
    const by = network.nameOf(link.content.by.u);
    this.report('withdrawn_key', Code.WITHDRAWN, { kind: 'grp', seq: link.seq }, `link ${link.seq} by ${by}`, link.signed.raw);
    trial.cut(link.seq);
  }

  #tellOf({ seq, at, ops, signed }) {
    const where = { kind: 'grp', seq };
    this.#known.seen.cameRight(this.gid, where);
    if (at > now() + DAY) this.report('clock', Code.STATE, where, '', signed.raw);
    for (const { name, fields } of ops) {
      const kind = { key: 'key_changed', succ: 'succeeded' }[name];
      if (kind) this.report(kind, Code.STATE, { ...where, account: hex(fields.u) }, this.#known.network.nameOf(fields.u), signed.raw);
    }
  }

  /** @param {boolean} sound whether nothing was left out that may still come */
  #holdLinksAgainstPin(sound) {
    const { seen } = this.#known, { links } = this.chain, name = `grp ${this.gid}`, pin = seen.pins.get(name);
    const [seq, lhash, raw] = pin ?? [-1], kept = raw ? [raw] : [];
    if (seq >= links.length) {
      if (sound) this.report('rollback', Code.ROLLBACK, { kind: 'grp', seq }, '', ...kept);
    } else if (pin && hex(links[seq].lhash) !== lhash) {
      this.report('fork', Code.FORK, { kind: 'grp', seq }, '', ...kept, links[seq].signed.raw);
    }
    const head = links.at(-1);
    if (head && !seen.isStopped(this.gid)) seen.pin(name, [head.seq, hex(head.lhash), head.signed.raw]);
  }

  /**
   * Compares a link from anywhere with the kept one of its place; true when they are the same. Two that are both valid
   * are a fork; one that is not is only told.
   * @param {Uint8Array} raw
   */
  async confront(raw) {
    let seq = 0;
    const { links, states } = this.chain, refusal = await refusalOf(async () => {
      const place = placeOf('grp', raw);
      seq = place.seq;
      if (!links[seq] || same(links[seq].lhash, place.lhash)) return;
      const other = new GroupChain();
      other.states.push(...states.slice(0, seq));
      other.links.push(...links.slice(0, seq));
      await other.extend(raw, this.#known.network.directory);
      this.report('fork', Code.FORK, { kind: 'grp', seq }, '', links[seq].signed.raw, raw);
      seq = -1;
    });
    if (refusal) this.report('invalid', refusal.code, { kind: 'grp', seq }, refusal.detail, ...(links[seq] ? [links[seq].signed.raw] : []), raw);
    return !refusal && seq >= 0 && seq < links.length;
  }

  // The order of messages

  /** Adds the hashes that are new, and looks whether the server still says what it said before. @param {Uint8Array[]} proof */
  async takeOrder(proof) {
    const { server, seen } = this.#known, { order } = this, known = order.count;
    const lhashes = await this.#pages((after) => server.order(this.gid, after), Math.max(known - 1, 0));
    const first = known ? lhashes.shift() : null;
    if (known && !first) {
      this.report('rollback', Code.ROLLBACK, { i: known }, 'messages that were seen are gone', ...proof);
      return;
    }
    if (known && !same(first, order.lhashAt(known))) {
      this.report('fork', Code.FORK, { i: known }, `another message ${known}`, ...proof);
      return;
    }
    for (const lhash of lhashes) order.append(lhash);
    const [count, mark] = seen.pins.get(`ord ${this.gid}`) ?? [0];
    if (order.count < count) this.report('rollback', Code.ROLLBACK, { i: count }, `${count} messages were there before`);
    else if (count && hex(order.markAt(count)) !== mark) this.report('fork', Code.FORK, { i: count }, `other messages up to ${count}`);
    for (const [i, lhash] of this.acknowledged) {
      if (same(order.lhashAt(i), lhash)) continue;
      const kind = i > order.count ? 'rollback' : 'fork';
      this.report(kind, kind, { i }, `your message ${i} was acknowledged and is not there`);
    }
  }

  /** Compares the places among the messages that links name with the order as it is known here. */
  async lookAtMarks() {
    for (const link of this.chain.links) {
      const { i, mark } = markOf(link), refusal = await refusalOf(() => this.order.require(i, mark));
      if (!refusal) continue;
      const kind = refusal.code === Code.FORK ? 'fork' : 'withheld';
      this.report(kind, refusal.code, { kind: 'grp', seq: link.seq, i }, refusal.detail, link.signed.raw);
    }
  }

  async lookAtViews() {
    const { network } = this.#known;
    for (const link of this.chain.links.slice(this.#viewed)) {
      const { by: { u }, vw } = link.content;
      if (network.hasUnseen(u, vw)) await network.follow();
      network.lookAtView(u, vw, link.signed.raw, { by_link: link.seq }, this.gid, markOf(link).i);
    }
    this.#viewed = this.chain.links.length;
  }

  // Keys of periods

  /** @param {number} n @param {Uint8Array} secret of a period that was begun here */
  keep(n, secret) {
    this.#secrets.set(n, secret);
  }

  /** The key of period n, by an own wrap or back from a later one. Refused: `wrap`, `history`. @param {number} n */
  async secret(n) {
    const { epochs } = this.now;
    let at = n;
    // The newest period from n on that opens.
    if (!this.#secrets.has(n)) {
      for (at = this.now.n; at >= n && !await this.opens(at);) at--;
      if (at < n) throw new Refused(Code.WRAP, `period ${n}`);
      await this.#lookBack(at);
    }
    for (; at > n; await this.#lookBack(--at)) {
      if (this.#secrets.has(at - 1) || await this.opens(at - 1)) continue;
      // Says why: cut off by the policy, or a link back that is broken.
      await stepBack(this.#secrets.get(at), epochs[at - 1], epochs[at - 2], this.id);
    }
    return this.#secrets.get(n);
  }

  /** Whether the key of period n is known without the link back from the one after it. @param {number} n */
  async opens(n) {
    if (this.#secrets.has(n)) return true;
    const { server, own } = this.#known, wraps = [];
    for (const raw of await server.wraps(this.gid, n)) await refusalOf(() => wraps.push(readWrap(raw)));
    return !await refusalOf(async () => {
      this.#secrets.set(n, await unwrap(wraps, this.now.epochs[n - 1], this.id, own.id, own.keys));
    });
  }

  /** Whoever opens a period looks at once whether its link to the one before is good. @param {number} n */
  async #lookBack(n) {
    const epoch = this.now.epochs[n - 1], before = this.now.epochs[n - 2];
    if (!epoch.backs.length) return;
    const refusal = await refusalOf(async () => {
      const found = await stepBack(this.#secrets.get(n), epoch, before, this.id);
      if (!this.#secrets.has(n - 1)) this.#secrets.set(n - 1, found);
    });
    if (!refusal) {
      this.broken.delete(n);
      return;
    }
    this.broken.add(n);
    const by = this.#known.network.nameOf(epoch.author);
    this.report('bad_back_link', Code.WRAP, { seq: epoch.seq, n, author: hex(epoch.author) }, `period ${n}, by ${by}`);
  }

  /** Opens the newest period; a key that is missing or damaged is told, and nobody is blamed. */
  async openNewest() {
    const { n, holders } = this.now;
    if (!n || !holders.has(this.#known.own.uid) || this.#secrets.has(n)) return;
    if (await refusalOf(() => this.secret(n))) this.report('bad_key', Code.WRAP, { n }, `period ${n}`);
  }

  async readName() {
    const sealed = this.now.name;
    if (!sealed) return;
    await refusalOf(async () => {
      const key = await epochKey(await this.secret(sealed.n), this.id, sealed.n, 'meta');
      const content = dec(await unseal(key, ['comm/1/meta', this.id, sealed.n, sealed.seq], sealed.ct));
      this.name = String(content?.name ?? '');
      this.description = String(content?.desc ?? '');
      this.desks = (content?.desks ?? []).map(hex);
    });
  }
}
