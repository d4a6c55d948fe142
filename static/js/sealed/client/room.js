/** One group as its member sees it: verified chain, opened periods, judged messages, and what can be done. */

import { fromHex, hex, same } from '../checks/bytes.js';
import { dec, enc } from '../checks/cbor.js';
import { GroupChain, markOf } from '../checks/group_chain.js';
import { isStale } from '../checks/grp.js';
import { positionAsList } from '../checks/links.js';
import { MessageOrder } from '../checks/message_order.js';
import { closures, requireClosedLinks } from '../checks/withdrawn_keys.js';
import { readWrap } from '../checks/wraps.js';
import { now, writeGroupLink } from '../private/authoring.js';
import { epochKey, epochOp, newSecret, stepBack, unwrap, wrap } from '../private/epochs.js';
import { newId, sealMessage } from '../private/messages.js';
import { seal, unseal } from '../private/sealing.js';
import { Code, Refused } from '../refusals.js';
import { fetched, uploaded } from './files.js';
import { hideTakenBack, judged } from './judging.js';
import { dueChanges } from './renewal.js';
import { ServerSaidNo, retried } from './server.js';

/** @typedef {import('./account.js').OwnAccount} OwnAccount */
/** @typedef {import('./network.js').Network} Network */
/** @typedef {import('./server.js').Server} Server */

// The group may move on while a link is written; somebody who is always overtaken is told so.
const TRIES = 5;

export class Room {
  #server;
  #network;
  #own;
  #chain = new GroupChain();
  #order = new MessageOrder();
  /** How many of the order's messages were judged. */
  #judged = 0;
  /** By period. @type {Map<number, Uint8Array>} */
  #secrets = new Map();
  #ctr = 0;
  /** @type {Uint8Array | null} */
  #previous = null;
  /** What was found wrong with the group itself. @type {{code: string, sentence: string}[]} */
  findings = [];
  /** @type {any[]} */
  messages = [];
  name = '';
  description = '';

  /** @param {string} gid @param {{server: Server, network: Network, own: OwnAccount}} known */
  constructor(gid, { server, network, own }) {
    this.gid = gid;
    this.#server = server;
    this.#network = network;
    this.#own = own;
  }

  get now() {
    return this.#chain.now;
  }

  get #id() {
    return fromHex(this.gid);
  }

  get me() {
    return this.now.members.get(this.#own.uid);
  }

  /** Fetches, verifies, opens. What is refused is kept as a finding; what was good before stays. */
  async follow() {
    await this.#network.follow();
    await this.#own.keepPins();
    await this.#followLinks();
    await this.#followMessages();
    await this.#readName();
  }

  async #followLinks() {
    const verified = this.#chain.links.length;
    try {
      for (;;) {
        const links = await this.#server.links(this.gid, this.#chain.links.length - 1);
        if (!links.length) break;
        for (const raw of links) await this.#chain.extend(raw, this.#network.directory);
      }
      if (!same(this.#chain.id, this.#id)) throw new Refused(Code.OFF_CHAIN, 'another group than was asked for');
      this.#holdLinksAgainstPins();
      requireClosedLinks(this.#chain, Math.max(verified, this.#pinned() + 1), this.#network.directory);
    } catch (error) {
      // Nothing of it counts as seen: what follows later may make it good.
      this.#chain.cut(verified);
      throw error;
    }
    const head = this.#chain.links.at(-1);
    this.#own.remembered.chains[`grp ${this.gid}`] = [head.seq, hex(head.lhash)];
    await this.#own.keepPins();
  }

  #pinned() {
    return this.#own.remembered.chains[`grp ${this.gid}`]?.[0] ?? -1;
  }

  #holdLinksAgainstPins() {
    const pin = this.#own.remembered.chains[`grp ${this.gid}`];
    if (!pin) return;
    const [seq, lhash] = pin, link = this.#chain.links[seq];
    if (!link) throw new Refused(Code.ROLLBACK, `link ${seq} was there before`);
    if (hex(link.lhash) !== lhash) throw new Refused(Code.FORK, `another link ${seq} than before`);
  }

  async #followMessages() {
    for (;;) {
      const lhashes = await this.#server.order(this.gid, this.#order.count);
      if (!lhashes.length) break;
      lhashes.forEach((lhash) => this.#order.append(lhash));
    }
    this.#holdOrderAgainstPins();
    for (const link of this.#chain.links) {
      const { i, mark } = markOf(link);
      this.#order.require(i, mark);
    }
    this.#own.remembered.orders[this.gid] = [this.#order.count, hex(this.#order.mark)];
    await this.#own.keepPins();
    const closed = closures(this.#chain, this.#network.directory);
    const known = { chain: this.#chain, order: this.#order, directory: this.#network.directory, closed };
    while (this.#judged < this.#order.count) {
      const page = await this.#server.messages(this.gid, this.#judged);
      // What came after the order was fetched is judged the next time.
      const ordered = page.filter(({ i }) => i > this.#judged && i <= this.#order.count);
      if (!ordered.length) break;
      for (const one of ordered) {
        this.messages.push(await judged(one, known, (n) => this.#secret(n)));
        this.#judged = one.i;
      }
    }
    hideTakenBack(this.messages, this.now.members);
  }

  #holdOrderAgainstPins() {
    const pin = this.#own.remembered.orders[this.gid];
    if (pin) {
      const [count, mark] = pin;
      if (this.#order.count < count) throw new Refused(Code.ROLLBACK, `${count} messages were there before`);
      if (hex(this.#order.markAt(count) ?? this.#order.mark) !== mark) throw new Refused(Code.FORK, 'other messages');
    }
  }

  /** The key of period n, by an own wrap or back from the newest. Refused: `wrap`, `history`. @param {number} n */
  async #secret(n) {
    if (this.#secrets.has(n)) return this.#secrets.get(n);
    const epochs = this.now.epochs;
    let at = Math.min(...[...this.#secrets.keys()].filter((known) => known > n), Infinity);
    if (at === Infinity) {
      at = await this.#newestOwn(n);
    }
    while (at > n) {
      const secret = await stepBack(this.#secrets.get(at), epochs[at - 1], epochs[at - 2], this.#id);
      this.#secrets.set(--at, secret);
    }
    return this.#secrets.get(n);
  }

  /** Opens the newest period at or after n that was wrapped to this account. @param {number} n */
  async #newestOwn(n) {
    let refusal = new Refused(Code.WRAP, `period ${n}`);
    for (let at = this.now.n; at >= n; at--) {
      const wraps = (await this.#server.wraps(this.gid, at)).map(readWrap);
      try {
        const secret = await unwrap(wraps, this.now.epochs[at - 1], this.#id, this.#own.id, this.#own.keys);
        this.#secrets.set(at, secret);
        return at;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        refusal = error;
      }
    }
    throw refusal;
  }

  async #readName() {
    const sealed = this.now.name;
    if (!sealed) return;
    try {
      const key = await epochKey(await this.#secret(sealed.n), this.#id, sealed.n, 'meta');
      const content = dec(await unseal(key, ['comm/1/meta', this.#id, sealed.n, sealed.seq], sealed.ct));
      this.name = String(content?.name ?? '');
      this.description = String(content?.desc ?? '');
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.findings = [{ code: error.code, sentence: error.message }];
    }
  }

  /**
   * Writes a link and sends it with its wraps; begins again where the group moved on meanwhile.
   * Refused: whatever the link would be refused for.
   * @param {() => Promise<{ops: any[], secret?: Uint8Array} | null>} decide again at each try; null when nothing is to be done
   */
  async #turn(decide) {
    for (let tries = 0; tries < TRIES; tries++) {
      const decided = await decide();
      if (!decided) return;
      const { ops, secret } = decided;
      const author = { account: this.#own.id, keys: this.#own.newest };
      const seen = { view: this.#network.view(this.#own.id), order: this.#order.asList() };
      const raw = await writeGroupLink(this.now.head, ops, [author], seen);
      const trial = new GroupChain();
      trial.states.push(...this.#chain.states);
      trial.links.push(...this.#chain.links);
      const state = await trial.extend(raw, this.#network.directory);
      const wraps = [];
      for (const { n, account, kid } of state.owed) {
        const { key } = this.#network.directory.accounts.get(hex(account)).generationOf(hex(kid));
        const of = n === state.n && secret ? secret : await this.#secret(n);
        wraps.push((await wrap(of, this.#id, n, account, kid, key.x)).encoded());
      }
      try {
        await this.#server.turn(this.gid, raw, wraps);
        if (secret) this.#secrets.set(state.n, secret);
        await this.follow();
        return;
      } catch (error) {
        if (!(error instanceof ServerSaidNo) || error.code !== 'behind') throw error;
        await this.follow();
      }
    }
    throw new Refused(Code.ORDER, 'the group moved on five times; try again');
  }

  /**
   * An `epoch` for who remains after the other operations of its link. @param {Map<string, Uint8Array>} recipients
   * @param {{cut?: boolean}} [how]
   */
  async #period(recipients, { cut = false } = {}) {
    const n = this.now.n + 1, secret = newSecret();
    const before = n === 1 || cut ? null : await this.#secret(n - 1);
    // Nobody goes on from a period whose way back is not good.
    if (n > 2 && before && this.now.epochs[n - 2].backs.length) await this.#secret(n - 2);
    return { secret, op: await epochOp(secret, this.#id, n, recipients, before) };
  }

  /** @param {{secret: Uint8Array, n: number}} period @param {{name: string, description: string}} said */
  async #sealedName({ secret, n }, { name, description }) {
    const key = await epochKey(secret, this.#id, n, 'meta');
    const seq = this.#chain.links.length;
    const content = enc({ name: name.normalize('NFC'), desc: description.normalize('NFC') });
    return ['meta', { ct: await seal(key, ['comm/1/meta', this.#id, n, seq], content) }];
  }

  /** The first period and the name of a group that was just founded. @param {{name: string, description: string}} said */
  begin(said) {
    return this.#turn(async () => {
      const { secret, op } = await this.#period(this.now.recipients());
      return { ops: [op, await this.#sealedName({ secret, n: 1 }, said)], secret };
    });
  }

  /** @param {{uid: string, role: string}} whom */
  add({ uid, role }) {
    return this.#turn(async () => {
      const { newest } = this.#network.directory.accounts.get(uid);
      const { gen, key: { kid } } = newest;
      const add = ['add', { u: fromHex(uid), role, gen, kid }];
      if (this.now.rules.hist === 'full') return { ops: [add] };
      const { secret, op } = await this.#period(new Map(this.now.recipients()).set(uid, kid), { cut: true });
      const said = { name: this.name, description: this.description };
      return { ops: [add, op, await this.#sealedName({ secret, n: this.now.n + 1 }, said)], secret };
    });
  }

  /** @param {string} uid */
  remove(uid) {
    return this.#turn(async () => {
      const recipients = new Map(this.now.recipients());
      recipients.delete(uid);
      const { secret, op } = await this.#period(recipients);
      return { ops: [['rem', { u: fromHex(uid) }], op], secret };
    });
  }

  /** @param {{uid: string, role: string}} whom */
  changeRole({ uid, role }) {
    return this.#turn(async () => ({ ops: [['role', { u: fromHex(uid), role }]] }));
  }

  async leave() {
    const raw = await writeGroupLink(this.now.head, [['rem', { u: this.#own.id }]],
      [{ account: this.#own.id, keys: this.#own.newest }],
      { view: this.#network.view(this.#own.id), order: this.#order.asList() });
    await this.#server.turn(this.gid, raw, []);
  }

  close() {
    return this.#turn(async () => ({ ops: [['close', {}]] }));
  }

  /** A new key for the group: asked for, or because the present one must not be used any more. */
  rotate() {
    return this.#turn(async () => this.#renewal());
  }

  /** What has to happen before anything may be sent; null when the present key is good. */
  async #dueRenewal() {
    return isStale(this.now, now(), this.#network.directory) ? this.#renewal() : null;
  }

  async #renewal() {
    const { ops, recipients } = dueChanges(this.now, this.#network.directory, this.#own.uid);
    const { secret, op } = await this.#period(recipients);
    return { ops: [...ops, op], secret };
  }

  /** A suspended member comes back after his reset. @param {string} uid */
  readmit(uid) {
    return this.#turn(async () => {
      const { newest: { gen, key: { kid } } } = this.#network.directory.accounts.get(uid);
      const key = ['key', { u: fromHex(uid), gen, kid }];
      const cut = this.now.rules.hist === 'join';
      const { secret, op } = await this.#period(new Map(this.now.recipients()).set(uid, kid), { cut });
      const said = { name: this.name, description: this.description };
      const named = cut ? [await this.#sealedName({ secret, n: this.now.n + 1 }, said)] : [];
      return { ops: [key, op, ...named], secret };
    });
  }

  /**
   * Seals and sends. Files go up first, part by part; `progress` is told bytes done and bytes in all.
   * @param {Record<string, any>} body without `files`
   * @param {File[]} files
   * @param {(done: number, all: number) => void} progress
   * @param {string[]} takenBack lhashes of messages
   */
  async post(body, files, progress, takenBack = []) {
    await this.follow();
    await this.#turn(() => this.#dueRenewal());
    const sealed = await uploaded(this.#server, this.gid, files, progress);
    for (let tries = 0; tries < TRIES; tries++) {
      const header = this.#header(sealed, takenBack);
      const message = await sealMessage(header, { ...body, files: sealed }, await this.#secret(this.now.n),
        this.#own.newest);
      try {
        // A number is used once: should its answer be lost, the server may have kept the message all the same.
        this.#ctr++;
        await retried(() => this.#server.post(this.gid, message.signed.raw, message.ct));
        this.#previous = message.lhash;
        await this.follow();
        return;
      } catch (error) {
        if (!(error instanceof ServerSaidNo) || error.code !== 'behind') throw error;
        await this.follow();
      }
    }
    throw new Refused(Code.ORDER, 'the group moved on five times; try again');
  }

  /** @param {any[]} sealed @param {string[]} takenBack */
  #header(sealed, takenBack) {
    return {
      g: this.#id,
      n: this.now.n,
      m: newId(),
      by: { kid: this.#own.newest.kid, u: this.#own.id },
      dev: this.#own.dev,
      ctr: this.#ctr,
      prev: this.#previous,
      head: positionAsList(this.now.head),
      ml: this.#order.asList(),
      vw: this.#network.view(this.#own.id),
      at: now(),
      att: sealed.map(({ aid, csize }) => [aid, csize]),
      del: takenBack.map(fromHex),
      pd: null,
      tl: null,
    };
  }

  /** The file, once all of it was right. Refused: `file`, `sealed`. @param {string} lhash @param {number} at */
  async file(lhash, at) {
    const descriptor = this.messages.find((one) => one.lhash === lhash)?.body?.files[at];
    if (!descriptor) throw new Refused(Code.FILE, 'no such file');
    return fetched(this.#server, this.gid, descriptor);
  }
}
