/** One group as its member sees it: verified chain, opened periods, judged messages, and what can be done. */

import { fromHex, hex, same } from '../checks/bytes.js';
import { dec, enc } from '../checks/cbor.js';
import { GroupChain, markOf } from '../checks/group_chain.js';
import { isHardStale, isOld, isStale } from '../checks/grp.js';
import { positionAsList } from '../checks/links.js';
import { MessageOrder } from '../checks/message_order.js';
import { readMessage, requireAdmissible, requireTimely } from '../checks/messages.js';
import { closures, requireClosedLinks, requireClosedMessage } from '../checks/withdrawn_keys.js';
import { readWrap } from '../checks/wraps.js';
import { Sealer, openFile, partCount } from '../private/attachments.js';
import { now, writeGroupLink } from '../private/authoring.js';
import { epochKey, epochOp, newSecret, stepBack, unwrap, wrap } from '../private/epochs.js';
import { newId, openMessage, sealMessage } from '../private/messages.js';
import { seal, unseal } from '../private/sealing.js';
import { Code, Refused } from '../refusals.js';
import { cleaned } from './images.js';
import { ServerSaidNo } from './server.js';

/** @typedef {import('./account.js').OwnAccount} OwnAccount */
/** @typedef {import('./network.js').Network} Network */
/** @typedef {import('./server.js').Server} Server */

// The group may move on while a link is written; somebody who is always overtaken is told so.
const TRIES = 5;
const SOFT_DELAY = 24 * 3600;

export class Room {
  #server;
  #network;
  #own;
  #chain = new GroupChain();
  #order = new MessageOrder();
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
    for (;;) {
      const links = await this.#server.links(this.gid, this.#chain.links.length - 1);
      if (!links.length) break;
      for (const raw of links) await this.#chain.extend(raw, this.#network.directory);
    }
    try {
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
    const before = this.#order.count;
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
    const closed = closures(this.#chain, this.#network.directory);
    let after = before;
    for (;;) {
      const page = await this.#server.messages(this.gid, after);
      if (!page.length) break;
      for (const one of page) {
        this.messages.push(await this.#judged(one, closed));
        after = one.i;
      }
    }
    this.#hideTakenBack();
  }

  #holdOrderAgainstPins() {
    const pin = this.#own.remembered.orders[this.gid];
    if (pin) {
      const [count, mark] = pin;
      if (this.#order.count < count) throw new Refused(Code.ROLLBACK, `${count} messages were there before`);
      if (hex(this.#order.markAt(count) ?? this.#order.mark) !== mark) throw new Refused(Code.FORK, 'other messages');
    }
    this.#own.remembered.orders[this.gid] = [this.#order.count, hex(this.#order.mark)];
  }

  /**
   * A message with its standing: `trusted`, or the code for which it is not.
   * @param {{i: number, raw: Uint8Array, ct: Uint8Array | null, receivedAt: number}} kept
   * @param {import('../checks/withdrawn_keys.js').Closures} closed
   */
  async #judged({ i, raw, ct, receivedAt }, closed) {
    const shown = { i, receivedAt, lhash: '', author: '', at: 0, standing: 'trusted', sentence: '', body: null, del: [] };
    try {
      const message = readMessage(raw, ct);
      Object.assign(shown, { lhash: hex(message.lhash), author: hex(message.author), at: message.content.at });
      shown.del = message.content.del.map(hex);
      if (!same(this.#order.lhashAt(i), message.lhash)) throw new Refused(Code.FORK, `another message ${i}`);
      await requireAdmissible(message, this.#chain, this.#network.directory);
      requireTimely(message, i, this.#chain, this.#order);
      requireClosedMessage(message, i, this.#chain, this.#network.directory, closed);
      if (message.ct === null) shown.standing = 'dropped';
      else shown.body = await openMessage(message, await this.#secret(message.content.n));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      Object.assign(shown, { standing: error.code, sentence: error.message });
    }
    return shown;
  }

  #hideTakenBack() {
    const byHash = new Map(this.messages.map((one) => [one.lhash, one]));
    for (const one of this.messages) {
      if (one.standing !== 'trusted') continue;
      for (const lhash of one.del) {
        const taken = byHash.get(lhash);
        const may = taken && (taken.author === one.author || this.now.members.get(one.author)?.role === 'manager');
        if (may) Object.assign(taken, { standing: 'taken_back', body: null });
      }
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
    const { directory } = this.#network;
    if (!isStale(this.now, now(), directory)) return null;
    const soft = !isHardStale(this.now, directory) && !this.#ownKeyChanged();
    const epoch = this.now.epochs.at(-1);
    const overdue = isOld(this.now, now() - SOFT_DELAY) || now() - epoch.at < 0;
    return soft && !overdue && this.me?.role === 'reader' ? null : this.#renewal();
  }

  #ownKeyChanged() {
    return this.me && !same(this.me.kid, this.#own.newest.kid);
  }

  async #renewal() {
    const { directory } = this.#network;
    const ops = [], recipients = new Map(this.now.recipients());
    for (const [uid, member] of this.now.members) {
      if (member.suspended) continue;
      const id = fromHex(uid), { newest } = directory.accounts.get(uid);
      if (directory.isWithdrawn(id)) {
        ops.push(['rem', { u: id }]);
        recipients.delete(uid);
      } else if (directory.wasResetAfter(id, member.gen)) {
        ops.push(['sus', { u: id }]);
        recipients.delete(uid);
      } else if (!same(member.kid, newest.key.kid)) {
        const op = ['key', { u: id, gen: newest.gen, kid: newest.key.kid }];
        if (uid === this.#own.uid) ops.unshift(op); else ops.push(op);
        recipients.set(uid, newest.key.kid);
      }
    }
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
    const sealed = await this.#upload(files, progress);
    for (let tries = 0; tries < TRIES; tries++) {
      const header = this.#header(sealed, takenBack);
      const message = await sealMessage(header, { ...body, files: sealed }, await this.#secret(this.now.n),
        this.#own.newest);
      try {
        await this.#server.post(this.gid, message.signed.raw, message.ct);
        this.#ctr++;
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

  /** @param {File[]} files @param {(done: number, all: number) => void} progress */
  async #upload(files, progress) {
    const clean = await Promise.all(files.map(cleaned));
    const all = clean.reduce((sum, { size }) => sum + size, 0);
    const descriptors = [];
    let done = 0;
    for (const file of clean) {
      const sealer = new Sealer(this.#id, file, file.name.normalize('NFC').slice(-200) || 'file', file.type || 'file');
      const { csize, aid } = sealer.descriptor;
      await this.#server.beginFile(this.gid, aid, csize);
      let number = 0;
      for await (const part of sealer.parts()) {
        await retried(() => this.#server.putPart(this.gid, hex(aid), number, part));
        number++;
        progress(Math.min(all, done + Math.round(file.size * number / partCount(csize))), all);
      }
      done += file.size;
      descriptors.push(sealer.descriptor);
    }
    return descriptors;
  }

  /** The file, once all of it was right. Refused: `file`, `sealed`. @param {string} lhash @param {number} at */
  async file(lhash, at) {
    const descriptor = this.messages.find((one) => one.lhash === lhash)?.body?.files[at];
    if (!descriptor) throw new Refused(Code.FILE, 'no such file');
    const server = this.#server, gid = this.gid;
    async function* parts() {
      for (let number = 0; number < partCount(descriptor.csize); number++) {
        yield retried(() => server.getPart(gid, hex(descriptor.aid), number));
      }
    }
    return openFile(this.#id, descriptor, parts());
  }
}

/**
 * Three times, since lines break; what the server declines is declined.
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
async function retried(act) {
  for (let tries = 1; ; tries++) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ServerSaidNo) || error.status !== 0 || tries === 3) throw error;
    }
  }
}

/**
 * Founds a group; its id. The name is sealed with the first period.
 * @param {{server: Server, network: Network, own: OwnAccount}} known
 * @param {{hist: 'full' | 'join', post: 'writer' | 'manager', members: {uid: string, role: string}[]}} chosen
 */
export async function found({ server, network, own }, { hist, post, members }) {
  const { directory } = network;
  const added = [{ uid: own.uid, role: 'manager' }, ...members].map(({ uid, role }) => {
    const { gen, key: { kid } } = directory.accounts.get(uid).newest;
    return ['add', { u: fromHex(uid), role, gen, kid }];
  });
  const home = directory.accounts.get(own.uid).adm;
  const policy = ['pol', { hist, post, mq: 1, maxage: 90, ret: 0, home }];
  const author = { account: own.id, keys: own.newest };
  const raw = await writeGroupLink(null, [policy, ...added], [author], { view: network.view(own.id) });
  const chain = new GroupChain();
  await chain.extend(raw, directory);
  await server.found(raw);
  return hex(chain.id);
}
