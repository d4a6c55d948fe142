/** One group as its member uses it: read, change who belongs to it, post. */

import { fromHex, hex } from '../checks/bytes.js';
import { enc } from '../checks/cbor.js';
import { GroupChain } from '../checks/group_chain.js';
import { Role, isStale } from '../checks/grp.js';
import { positionAsList } from '../checks/links.js';
import { now, writeGroupLink } from '../private/authoring.js';
import { backLink, epochKey, epochOp, newSecret, wrap } from '../private/epochs.js';
import { newId, sealMessage } from '../private/messages.js';
import { seal } from '../private/sealing.js';
import { Code, Refused } from '../refusals.js';
import { dueSeats } from './desks.js';
import { fetched, uploaded } from './files.js';
import { KnownGroup } from './group.js';
import { Inbox } from './inbox.js';
import { dueChanges } from './renewal.js';
import { ServerSaidNo, retried } from './server.js';

/** @typedef {import('./group.js').Known} Known */
/** @typedef {{name: string, description: string, desks?: string[]}} Said */

// The group may move on while a link is written; somebody who is always overtaken is told so.
const TRIES = 5;
// These vouch for what an account signed before.
const CLOSING = new Set(['key', 'rem', 'sus']);

export class Room {
  #server;
  #network;
  #own;
  #seen;
  #inbox;
  #ctr = 0;
  /** @type {Uint8Array | null} */
  #previous = null;
  /** @type {Promise<any>} */
  #following = Promise.resolve();

  /** @param {string} gid @param {Known} known */
  constructor(gid, known) {
    this.gid = gid;
    this.group = new KnownGroup(gid, known);
    this.#inbox = new Inbox(this.group, known);
    this.#server = known.server;
    this.#network = known.network;
    this.#own = known.own;
    this.#seen = known.seen;
  }

  get now() {
    return this.group.now;
  }

  get #id() {
    return this.group.id;
  }

  get me() {
    return this.now.members.get(this.#own.uid);
  }

  get name() {
    return this.group.name;
  }

  get description() {
    return this.group.description;
  }

  /** As the page is told them. */
  get messages() {
    return this.#inbox.messages;
  }

  /** What was found wrong with the group itself. */
  get findings() {
    return this.#seen.alarms(this.gid);
  }

  /** Fetches, verifies, opens; what is found wrong is told, and what was good before stays. One at a time. */
  follow() {
    this.#following = this.#following.catch(() => {}).then(() => this.#follow());
    return this.#following;
  }

  async #follow() {
    await this.#network.follow();
    for (const final of [false, true]) {
      let complete = await this.group.takeLinks(final);
      await this.group.takeOrder(this.#inbox.proof);
      complete = await this.#inbox.take(final) && complete;
      if (complete) break;
      // What was met may stand on links of the directory that came meanwhile.
      if (!final) await this.#network.follow();
    }
    await this.group.lookAtMarks();
    await this.group.lookAtViews();
    await this.group.openNewest();
    await this.group.readName();
    this.#inbox.pin();
    await this.#seen.save();
  }

  /** Refused: `fork` after a fork or a rollback, `newer` when the network asks for more than this client can. */
  #requireGoing() {
    if (this.#seen.isStopped(this.gid)) throw new Refused(Code.FORK, 'nothing is sent here any more; see what was found');
    if (this.#network.directory.net.logAnnounced) throw new Refused(Code.NEWER, 'the network keeps a log that this client cannot check');
    if (!this.now.head) throw new Refused(Code.ORDER, 'the group has not begun');
    this.#network.directory.requireUsable(this.#own.id, this.#own.newest.kid);
  }

  /**
   * What only an author can ask: that nobody it trusts is withdrawn by now (principle M), and that it closes nothing
   * that it did not see as genuine (rule S c).
   * @param {any[]} ops
   */
  #requireGoodStanding(ops) {
    const closed = new Set();
    for (const [name, { u, kid }] of ops) {
      if (name === 'add' || name === 'key') this.#network.directory.requireUsable(u, kid);
      if (CLOSING.has(name)) closed.add(hex(u));
    }
    for (const { i, author } of this.#inbox.withdrawn(closed)) {
      const by = this.#network.nameOf(fromHex(author));
      throw new Refused(Code.WITHDRAWN, `message ${i}: ask ${by} whether it is genuine, then vouch for it`);
    }
  }

  /** The officer asked the author by another way: this message under a withdrawn key is genuine. @param {string} lhash */
  async vouch(lhash) {
    if (!this.messages.some((one) => one.lhash === lhash && one.standing === Code.WITHDRAWN)) throw new Refused(Code.STATE);
    this.#seen.pin(`vouched ${lhash}`, [1]);
    await this.follow();
  }

  /**
   * Writes a link and sends it with its wraps; begins again where the group moved on meanwhile.
   * Refused: whatever the link would be refused for.
   * @param {() => Promise<{ops: any[], secret?: Uint8Array} | null>} decide again at each try; null when nothing is to be done
   * @param {{leaves?: boolean}} [how] whether the group is not shown any more afterwards
   */
  async #turn(decide, { leaves = false } = {}) {
    for (let tries = 0; tries < TRIES; tries++) {
      this.#requireGoing();
      const decided = await decide();
      if (!decided) return;
      const { ops, secret } = decided;
      this.#requireGoodStanding(ops);
      const author = { account: this.#own.id, keys: this.#own.newest };
      const seen = { view: this.#network.view(this.#own.id), order: this.group.order.asList() };
      const raw = await writeGroupLink(this.now.head, ops, [author], seen);
      const trial = new GroupChain();
      trial.states.push(...this.group.chain.states);
      trial.links.push(...this.group.chain.links);
      const state = await trial.extend(raw, this.#network.directory);
      const wraps = [];
      for (const { n, account, kid } of state.owed) {
        const { key } = this.#network.directory.accounts.get(hex(account)).generationOf(hex(kid));
        const of = n === state.n && secret ? secret : await this.group.secret(n);
        wraps.push((await wrap(of, this.#id, n, account, kid, key.x)).encoded());
      }
      try {
        await this.#server.turn(this.gid, raw, wraps);
        if (secret) this.group.keep(state.n, secret);
        if (!leaves) await this.follow();
        return;
      } catch (error) {
        if (!(error instanceof ServerSaidNo) || error.code !== 'behind') throw error;
        await this.follow();
      }
    }
    throw new Refused(Code.ORDER, 'the group moved on five times; try again');
  }

  /**
   * An `epoch` for who remains after the other operations of its link, and what mends the way back to before it.
   * @param {Map<string, Uint8Array>} recipients
   * @param {{cut?: boolean}} [how]
   */
  async #period(recipients, { cut = false } = {}) {
    const n = this.now.n + 1, secret = newSecret(), ops = [];
    // Nobody begins a period before having opened the present one and looked at its link back.
    const present = n > 1 ? await this.group.secret(n - 1) : null;
    if (this.group.broken.has(n - 1) && this.me?.role !== Role.READER) {
      if (!await this.group.opens(n - 2)) {
        throw new Refused(Code.WRAP, `period ${n - 2}: only who was a member then can mend the link to it`);
      }
      ops.push(['bridge', { n: n - 1, b: await backLink(present, this.#id, n - 1, await this.group.secret(n - 2)) }]);
    }
    ops.push(await epochOp(secret, this.#id, n, recipients, cut ? null : present));
    return { secret, ops };
  }

  /** @param {{secret: Uint8Array, n: number}} period @param {Said} [said] what it is called now, if nothing else */
  async #sealedName({ secret, n }, { name, description, desks } = this.group) {
    const key = await epochKey(secret, this.#id, n, 'meta');
    const seq = this.group.chain.links.length;
    const content = { name: name.normalize('NFC'), desc: description.normalize('NFC') };
    if (desks?.length) content.desks = desks.map(fromHex);
    return ['meta', { ct: await seal(key, ['comm/1/meta', this.#id, n, seq], enc(content)) }];
  }

  /** The first period and the name of a group that was just founded. @param {Said} said */
  begin(said) {
    return this.#turn(async () => {
      const { secret, ops } = await this.#period(this.now.recipients());
      return { ops: [...ops, await this.#sealedName({ secret, n: 1 }, said)], secret };
    });
  }

  /** @param {{uid: string, role: string}} whom */
  add({ uid, role }) {
    return this.#turn(async () => {
      const { newest } = this.#network.directory.accounts.get(uid);
      const { gen, key: { kid } } = newest;
      const add = ['add', { u: fromHex(uid), role, gen, kid }];
      if (this.now.rules.hist === 'full') return { ops: [add] };
      const { secret, ops } = await this.#period(new Map(this.now.recipients()).set(uid, kid), { cut: true });
      return { ops: [add, ...ops, await this.#sealedName({ secret, n: this.now.n + 1 })], secret };
    });
  }

  /** @param {string} uid */
  remove(uid) {
    return this.#turn(async () => {
      const recipients = new Map(this.now.recipients());
      recipients.delete(uid);
      const { secret, ops } = await this.#period(recipients);
      return { ops: [['rem', { u: fromHex(uid) }], ...ops], secret };
    });
  }

  /** Lets in who came to the followed desks and removes who left them; for managers only. */
  async followDesks() {
    const { desks } = this.group;
    if (!desks.length || this.now.closed || !this.now.managers().has(this.#own.uid)) return;
    await this.#turn(async () => {
      const due = dueSeats(this.now, this.#network.directory, desks, this.#own.uid);
      const cut = due.coming && this.now.rules.hist === 'join';
      if (!due.ops.length) return null;
      if (!cut && !due.leaving) return { ops: due.ops };
      const { secret, ops } = await this.#period(due.recipients, { cut });
      const named = cut ? [await this.#sealedName({ secret, n: this.now.n + 1 })] : [];
      return { ops: [...due.ops, ...ops, ...named], secret };
    });
  }

  /** @param {{uid: string, role: string}} whom */
  changeRole({ uid, role }) {
    return this.#turn(async () => ({ ops: [['role', { u: fromHex(uid), role }]] }));
  }

  leave() {
    return this.#turn(async () => ({ ops: [['rem', { u: this.#own.id }]] }), { leaves: true });
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
    const due = dueChanges(this.now, this.#network.directory, this.#own.uid);
    const { secret, ops } = await this.#period(due.recipients);
    return { ops: [...due.ops, ...ops], secret };
  }

  /** A suspended member comes back after his reset. @param {string} uid */
  readmit(uid) {
    return this.#turn(async () => {
      const { newest: { gen, key: { kid } } } = this.#network.directory.accounts.get(uid);
      const key = ['key', { u: fromHex(uid), gen, kid }];
      const cut = this.now.rules.hist === 'join';
      const { secret, ops } = await this.#period(new Map(this.now.recipients()).set(uid, kid), { cut });
      const named = cut ? [await this.#sealedName({ secret, n: this.now.n + 1 })] : [];
      return { ops: [key, ...ops, ...named], secret };
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
    if (!this.now.mayPost(this.#own.id, this.#own.newest.kid)) throw new Refused(Code.RIGHTS, 'you may read here, not post');
    const sealed = await uploaded(this.#server, this.gid, files, progress);
    for (let tries = 0; tries < TRIES; tries++) {
      const header = this.#header(sealed, takenBack);
      const message = await sealMessage(header, { ...body, files: sealed }, await this.group.secret(this.now.n),
        this.#own.newest);
      try {
        // A number is used once: should its answer be lost, the server may have kept the message all the same.
        this.#ctr++;
        this.#inbox.sent.add(hex(message.lhash));
        const i = await retried(() => this.#server.post(this.gid, message.signed.raw, message.ct));
        this.group.acknowledged.push([i, message.lhash]);
        this.#inbox.last = [hex(this.#own.dev), header.ctr, hex(message.lhash)];
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
    const before = this.#inbox.predecessor;
    return {
      g: this.#id,
      n: this.now.n,
      m: newId(),
      by: { kid: this.#own.newest.kid, u: this.#own.id },
      dev: this.#own.dev,
      ctr: this.#ctr,
      prev: this.#previous,
      head: positionAsList(this.now.head),
      ml: this.group.order.asList(),
      vw: this.#network.view(this.#own.id),
      at: now(),
      att: sealed.map(({ aid, csize }) => [aid, csize]),
      del: takenBack.map(fromHex),
      pd: this.#previous || !before ? null : [fromHex(before[0]), before[1], fromHex(before[2])],
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
