/** The messages of a group: fetched, judged one by one, opened; how each stands is told with it (sealed-protocol §6). */

import { hex, same } from '../checks/bytes.js';
import { DAY } from '../checks/grp.js';
import { readMessage, requireAdmissible, requireTimely } from '../checks/messages.js';
import { closures, requireClosedMessage } from '../checks/withdrawn_keys.js';
import { now } from '../private/authoring.js';
import { openMessage } from '../private/messages.js';
import { Code, Refused } from '../refusals.js';
import { refusalOf } from './group.js';

/** @typedef {import('../checks/messages.js').Message} Message */
/** @typedef {import('./group.js').Known} Known */
/** @typedef {import('./group.js').KnownGroup} KnownGroup */

/** Seconds that a message may stand on something that is not known here before it is an alarm. */
export const PATIENCE = 3600;
const KINDS = { [Code.LATE]: 'late', [Code.WITHDRAWN]: 'withdrawn_key', [Code.FORK]: 'fork' };
// What another try at fetching may mend.
const DAMAGED = new Set([Code.CBOR, Code.SCHEMA, Code.SIGNER, Code.SIGNATURE]);
const CLAIMED = new Set([Code.LATE, Code.WITHDRAWN]);

/**
 * A message as it was judged: `code` is empty when nothing is wrong with it; `raw` is kept while something is.
 * @typedef {{
 *   i: number, code: string, device: string, ctr: number, seen: number, raw: Uint8Array | null, shut: boolean,
 *   light: {author: Uint8Array, head: any, content: any}, manages: boolean,
 * }} Judged
 */

export class Inbox {
  #group;
  #known;
  /** By number, until it was opened. @type {Map<number, {i: number, raw: Uint8Array, ct: Uint8Array | null, receivedAt: number}>} */
  #fetched = new Map();
  /** By number. @type {Map<number, Judged>} */
  #judged = new Map();
  /** By device, in the order of their places. @type {Map<string, {i: number, ctr: number, lhash: Uint8Array}[]>} */
  #devices = new Map();
  /** The first place of each hash in the order. @type {Map<string, number>} */
  #places = new Map();
  /** How many of the order's hashes have their place, and how many links were looked at. */
  #counted = 0;
  #links = 0;
  /** @type {import('../checks/withdrawn_keys.js').Closures | undefined} */
  #closed;
  /** @type {Uint8Array[]} */
  #proof = [];
  /** Hashes of what this process sent. @type {Set<string>} */
  sent = new Set();
  /** As the page is told them, by number less one. @type {any[]} */
  messages = [];

  /** @param {KnownGroup} group @param {Known} known */
  constructor(group, known) {
    this.#group = group;
    this.#known = known;
  }

  #report(kind, code, i, detail, ...objects) {
    this.#group.report(kind, code, { i }, detail, ...objects);
  }

  /** The last message that was right, as evidence. */
  get proof() {
    return this.#proof;
  }

  /**
   * Judges what is new and what could not be trusted so far. False when fetching again may mend something; `final`
   * tells it instead.
   * @param {boolean} final
   */
  async take(final) {
    const { order, chain } = this.#group, unsettled = [];
    for (; this.#counted < order.count; this.#counted++) {
      const lhash = hex(order.lhashAt(this.#counted + 1));
      if (!this.#places.has(lhash)) this.#places.set(lhash, this.#counted + 1);
    }
    for (let i = 1; i <= order.count; i++) {
      const kept = this.#judged.get(i);
      if (!kept || kept.code || kept.shut) unsettled.push(i);
    }
    const wanted = unsettled.find((i) => !this.#fetched.has(i) || DAMAGED.has(this.#judged.get(i)?.code));
    if (wanted) await this.#fetch(wanted - 1, new Set(unsettled));
    this.#closed = closures(chain, this.#known.network.directory);
    let all = true;
    for (const i of unsettled) all = await this.#settle(i, final) && all;
    if (chain.links.length > this.#links) await this.#lookWhatIsLate();
    this.#links = chain.links.length;
    this.#hideTakenBack();
    return all;
  }

  /** @param {number} after @param {Set<number>} unsettled */
  async #fetch(after, unsettled) {
    const { order: { count }, gid } = this.#group;
    for (let page; after < count && (page = await this.#known.server.messages(gid, after)).length;) {
      for (const one of page) if (unsettled.has(one.i)) this.#fetched.set(one.i, one);
      const { i } = page.at(-1);
      if (i <= after) return;
      after = i;
    }
  }

  async #settle(i, final) {
    const { order } = this.#group, kept = this.#judged.get(i), stored = this.#fetched.get(i);
    const raw = stored?.raw ?? kept?.raw, lhash = hex(order.lhashAt(i));
    const shown = {
      i, receivedAt: stored?.receivedAt ?? 0, lhash, author: '', at: 0, standing: 'withheld', sentence: '', body: null,
      claim: '', del: [], missing: false, doubled: false,
    };
    const aside = (kind, { code, detail }, standing = code) => {
      if (!final) return false;
      this.messages[i - 1] = { ...shown, standing, sentence: new Refused(code, detail).message };
      this.#report(kind, code, i, detail, ...(raw ? [raw] : []));
      return false;
    };
    if (!raw) return aside('withheld', new Refused(Code.OFF_CHAIN, `message ${i} is not given out`), 'withheld');
    /** @type {Message | null} */
    let message = null;
    const unread = await refusalOf(() => { message = readMessage(raw, null); });
    if (unread) {
      this.#fetched.delete(i);
      return aside('set_aside', unread);
    }
    if (hex(message.lhash) !== lhash) {
      this.#fetched.delete(i);
      const code = this.#places.has(hex(message.lhash)) ? Code.REPLAY : Code.OFF_CHAIN;
      return aside('invalid', new Refused(code, `another message is given out as number ${i}`), 'withheld');
    }
    Object.assign(shown, { author: hex(message.author), at: message.content.at, del: message.content.del.map(hex) });
    return this.#judge(i, message, shown, final);
  }

  /** @param {number} i @param {Message} message */
  async #judge(i, message, shown, final) {
    const { network, seen } = this.#known, { gid, chain } = this.#group, { content, author, head } = message;
    const refusal = await refusalOf(() => this.#require(i, message));
    const unseen = !refusal && network.hasUnseen(author, content.vw);
    if (!final && (unseen || [Code.OFF_CHAIN, Code.UNCERTIFIED].includes(refusal?.code))) return false;
    const code = refusal?.code ?? '', before = this.#judged.get(i);
    /** @type {Judged} */
    const judged = {
      i, code, device: message.device, ctr: content.ctr, raw: code ? message.signed.raw : null, shut: false,
      seen: before?.seen ?? this.#since(i), light: { author, head, content: { ml: content.ml } },
      manages: !code && chain.states[head.seq].managers().has(hex(author)),
    };
    this.#judged.set(i, judged);
    Object.assign(shown, { standing: code || 'trusted', sentence: refusal?.message ?? '' });
    shown.missing = this.#isContinued(i, message) === false;
    const ofDevice = this.#devices.get(message.device) ?? [];
    if (!ofDevice.some((one) => one.i === i)) {
      ofDevice.push({ i, ctr: content.ctr, lhash: message.lhash });
      this.#devices.set(message.device, ofDevice.sort((a, b) => a.i - b.i));
    }
    this.messages[i - 1] = shown;
    if (refusal) this.#tell(judged, message, refusal);
    else {
      this.#proof = [message.signed.raw];
      seen.cameRight(gid, { i });
      this.#lookAtNumber(judged, message, shown);
      network.lookAtView(author, content.vw, message.signed.raw, { chain: gid, i }, gid, i);
    }
    await this.#open(judged, message, shown);
    return true;
  }

  /** What a message has to be. Refused: why it is not. */
  async #require(i, message) {
    const { chain, order } = this.#group, { directory } = this.#known.network;
    if (this.#places.get(hex(message.lhash)) !== i) throw new Refused(Code.REPLAY);
    await requireAdmissible(message, chain, directory);
    requireTimely(message, i, chain, order);
    if (!this.#wasTrusted(i, message)) requireClosedMessage(message, i, chain, directory, this.#closed);
  }

  /** Verified at an earlier visit, or vouched for. */
  #wasTrusted(i, message) {
    const { pins } = this.#known.seen, [count, , , doubtful = []] = pins.get(`ord ${this.#group.gid}`) ?? [0];
    return (i <= count && !doubtful.some(([one]) => one === i)) || pins.has(`vouched ${hex(message.lhash)}`);
  }

  #since(i) {
    const [, , , doubtful = []] = this.#known.seen.pins.get(`ord ${this.#group.gid}`) ?? [];
    return doubtful.find(([one]) => one === i)?.[1] ?? now();
  }

  #tell({ i, seen }, message, { code, detail }) {
    const by = `message ${i} by ${this.#known.network.nameOf(message.author)}`, { raw } = message.signed;
    let kind = KINDS[code] ?? 'set_aside';
    const { chain, order } = this.#group;
    const ahead = message.head.seq >= chain.links.length || message.content.ml[0] > order.count;
    if (code === Code.OFF_CHAIN && ahead) {
      if (now() - seen < PATIENCE) return;
      kind = 'withheld';
    }
    this.#report(kind, code, i, detail ? `${by}: ${detail}` : by, ...(kind === 'fork' ? this.#proof : []), raw);
  }

  /** Whether the device's message before this one is here; null where it cannot be told. */
  #isContinued(i, { device, author, content: { prev, pd } }) {
    const earlier = this.#devices.get(device)?.findLast((one) => one.i < i);
    if (earlier) return same(prev, earlier.lhash);
    if (prev !== null) return false;
    if (pd === null) return null;
    const of = this.#devices.get(hex(author) + hex(pd[0])) ?? [];
    return of.some((one) => one.i < i && one.ctr === pd[1] && same(one.lhash, pd[2]));
  }

  #lookAtNumber({ i, device, ctr }, { author, content: { dev }, lhash, signed }, shown) {
    const { network, own } = this.#known, said = `number ${ctr} of ${network.nameOf(author)}`;
    const others = this.#devices.get(device).filter((one) => one.i !== i && !same(one.lhash, lhash));
    const doubles = others.filter((one) => one.ctr === ctr);
    for (const double of doubles) {
      shown.doubled = true;
      if (this.messages[double.i - 1]) this.messages[double.i - 1].doubled = true;
    }
    if (doubles.some((one) => one.i < i)) this.#report('doubled', Code.NUMBER, i, said, signed.raw);
    else if (others.some((one) => one.ctr > ctr && one.i < i)) this.#report('reordered', Code.NUMBER, i, said, signed.raw);
    else if (shown.missing) this.#report('missing', Code.ORDER, i, `message ${i} by ${network.nameOf(author)}`, signed.raw);
    if (hex(author) === own.uid && same(dev, own.dev) && !this.sent.has(hex(lhash))) {
      this.#report('restored', Code.NUMBER, i, `message ${i}`, signed.raw);
    }
  }

  /** Opens what may be shown: what is untrusted as a claim only, so that nothing acts on it. */
  async #open(judged, message, shown) {
    const { i, code } = judged, stored = this.#fetched.get(i);
    if (!stored || (code && !CLAIMED.has(code))) return;
    const gone = stored.ct === null;
    const refusal = gone ? null : await refusalOf(async () => {
      const body = await openMessage(readMessage(stored.raw, stored.ct), await this.#group.secret(message.content.n));
      if (code) shown.claim = body.body; else shown.body = body;
    });
    // The key of a period may still come.
    judged.shut = refusal?.code === Code.WRAP;
    if (!judged.shut && !code) this.#fetched.delete(i);
    if (code) return;
    const { ret } = this.#group.now.rules, old = ret && now() - shown.at > ret * DAY;
    if (gone) shown.standing = old ? 'purged' : 'withheld';
    else if (refusal) Object.assign(shown, { standing: refusal.code, sentence: refusal.message });
  }

  /** A link that was withheld may make late what was trusted. */
  async #lookWhatIsLate() {
    const { chain, order } = this.#group;
    for (const judged of this.#judged.values()) {
      if (judged.code || judged.light.head.seq >= chain.links.length - 1) continue;
      const refusal = await refusalOf(() => requireTimely(judged.light, judged.i, chain, order));
      if (!refusal) continue;
      judged.code = refusal.code;
      const { body, ...shown } = this.messages[judged.i - 1];
      this.messages[judged.i - 1] = { ...shown, standing: refusal.code, sentence: refusal.message, body: null, claim: body?.body ?? '' };
    }
  }

  /** Hides what its author, or a manager, took back by a trusted message. */
  #hideTakenBack() {
    for (const { i, code, manages } of this.#judged.values()) {
      const { author, del } = this.messages[i - 1];
      if (code) continue;
      for (const lhash of del) {
        const taken = this.messages[(this.#places.get(lhash) ?? 0) - 1];
        if (taken && (manages || taken.author === author)) Object.assign(taken, { standing: 'taken_back', body: null });
      }
    }
  }

  /** What this device sent last: device, number, hash. @type {[string, number, string] | undefined} */
  last;

  /** What was seen of the order, for the next visit. */
  pin() {
    const { order, gid } = this.#group, { seen } = this.#known, before = seen.pins.get(`ord ${gid}`)?.[4];
    if (seen.isStopped(gid) || !order.count) return;
    const doubtful = [];
    for (let i = 1; i <= order.count; i++) {
      const kept = this.#judged.get(i);
      if (!kept || kept.code) doubtful.push([i, kept?.seen ?? this.#since(i)]);
    }
    seen.pin(`ord ${gid}`, [order.count, hex(order.mark), null, doubtful, this.last ?? before]);
  }

  /** The predecessor of this process, as `pd`. */
  get predecessor() {
    return this.#known.seen.pins.get(`ord ${this.#group.gid}`)?.[4];
  }

  /** Messages of these accounts that stand on withdrawn keys. @param {Set<string>} accounts */
  withdrawn(accounts) {
    return this.messages.filter(({ standing, author }) => standing === Code.WITHDRAWN && accounts.has(author));
  }
}
