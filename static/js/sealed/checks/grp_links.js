/** The rules of one group link: who may sign which operation, and what must hold after them (sealed-protocol §4.3). */

import { fromHex, hex, same } from './bytes.js';
import {
  Group, MOST_MEMBERS, OPS, Role, admitted, inOrder, wasStale, managersAmong, memberKey, policySaidBy, recipientsAmong,
  recipientsHash,
} from './grp.js';
import { chainId, readLink, requireFollows } from './links.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('./directory.js').Directory} Directory */
/** @typedef {import('./grp.js').Member} Member */
/** @typedef {import('./grp.js').Owed} Owed */
/** @typedef {import('./links.js').Link} Link */
/** @typedef {import('./links.js').Op} Op */
/** @typedef {import('./public_keys.js').PublicKey} PublicKey */

const ONE_EACH = new Set(['add', 'rem', 'role', 'key', 'sus']);

/**
 * The state after this link. Refused: everything of §12 that concerns links.
 *
 * Rule S is not asked here, since it looks at what follows (withdrawn_keys).
 * @param {Group} group
 * @param {unknown} raw
 * @param {Directory} directory
 * @returns {Promise<Group>}
 */
export async function apply(group, raw, directory) {
  const link = readLink(raw, 'grp', OPS);
  requireFollows(link, group.head, group.id);
  if (group.head === null) return founded(link, directory);
  if (group.closed) throw new Refused(Code.STATE);
  if (link.seq > 1 && link.content.ml[0] < group.head.content.ml[0]) {
    throw new Refused(Code.ORDER);
  }
  return new Turn(group, link, directory).result();
}

/** @param {Link} link @param {Directory} directory */
async function founded(link, directory) {
  const [first, ...adds] = link.ops;
  const rightOps = first.name === 'pol' && adds.length > 0 && adds.every((op) => op.name === 'add');
  if (!rightOps || Object.hasOwn(link.content, 'co')) {
    throw new Refused(Code.STATE);
  }
  const policy = policySaidBy(first);
  if (!directory.net.lineage(policy.home).length) {
    throw new Refused(Code.UNCERTIFIED);
  }
  /** @type {Map<string, Member>} */
  const members = new Map();
  for (const op of adds) {
    const account = hex(op.fields.u);
    if (members.has(account)) throw new Refused(Code.STATE);
    members.set(account, admitted(op, directory));
  }
  const { u, kid } = link.content.by;
  const founder = members.get(hex(u));
  if (!founder || founder.role !== Role.MANAGER || !same(founder.kid, kid)) {
    throw new Refused(Code.RIGHTS);
  }
  await link.requireSignedBy([directory.key(u, founder.gen, founder.kid)]);
  const group = new Group().with({ head: link, id: chainId(link), policy, members });
  if (group.managers().size < policy.mq) throw new Refused(Code.LAST_MANAGER);
  if (members.size > MOST_MEMBERS) throw new Refused(Code.STATE);
  return group;
}

/** One link on one state. Roles and the number of managers are read before the link, history after its policy. */
class Turn {
  /** @param {Group} before @param {Link} link @param {Directory} directory */
  constructor(before, link, directory) {
    this.before = before;
    this.link = link;
    this.directory = directory;
    /** @type {Uint8Array} */
    this.author = link.content.by.u;
    this.names = link.ops.map((op) => op.name);
    this.policy = before.rules;
    this.members = new Map(before.members);
    this.epochs = [...before.epochs];
    this.holders = new Map(before.holders);
    this.name = before.name;
    /** @type {Owed[]} */
    this.joined = [];
    /** @type {Owed[]} */
    this.granted = [];
    this.closed = before.closed;
    this.suite = before.suite;
    // An `add`, or a `key` that lifts a suspension: someone comes who may not read what was before.
    this.newcomer = false;
    // A member goes whose key is withdrawn: then even the last manager may go.
    this.justified = false;
    this.updatesItself = false;
  }

  async result() {
    await this.#requireSigners();
    if (this.before.n === 0 && !this.names.includes('epoch')) {
      throw new Refused(Code.STATE);
    }
    this.#requireEachOnce();
    for (const op of this.link.ops) if (op.name !== 'epoch') this.#do(op);
    for (const op of this.link.ops) if (op.name === 'epoch') this.#beginEpoch(op.fields);
    this.#requireSoundEnd();
    const { link: head, policy, members, epochs, holders, name, closed, suite } = this;
    const owed = [...this.granted, ...this.joined];
    return this.before.with({ head, policy, members, epochs, holders, name, owed, closed, suite });
  }

  // Who signed

  async #requireSigners() {
    const { signers } = this.link;
    const accounts = signers.map((signer) => /** @type {Uint8Array} */ (signer.u));
    if (new Set(accounts.map(hex)).size !== accounts.length) throw new Refused(Code.SIGNER);
    const keys = [this.#authorKey()];
    const managers = this.before.managers();
    for (const [place, account] of accounts.entries()) {
      if (place === 0) continue;
      const member = managers.has(hex(account)) && this.before.members.get(hex(account));
      if (!member || !same(member.kid, signers[place].kid)) {
        throw new Refused(Code.RIGHTS);
      }
      keys.push(memberKey(this.before, account, this.directory));
    }
    await this.link.requireSignedBy(keys);
  }

  /** @returns {PublicKey} */
  #authorKey() {
    const { kid } = this.link.content.by;
    const [{ name, fields: first }] = this.link.ops;
    const member = this.before.members.get(hex(this.author));
    if (!member) throw new Refused(Code.RIGHTS);
    const namesItself = (name === 'succ' || name === 'key') && same(first.u, this.author) && same(first.kid, kid);
    if (name === 'succ' && namesItself) return this.directory.key(this.author, first.gen, kid);
    if (member.suspended) throw new Refused(Code.RIGHTS);
    if (same(member.kid, kid)) return memberKey(this.before, this.author, this.directory);
    if (name === 'key' && namesItself && first.gen > member.gen) {
      const key = this.directory.key(this.author, first.gen, kid);
      if (this.directory.accounts.get(hex(this.author))?.onlyRotated(member.gen, first.gen)) {
        this.updatesItself = true;
        return key;
      }
    }
    throw new Refused(Code.RIGHTS);
  }

  // What the author may do

  #isManager() {
    return this.before.managers().has(hex(this.author));
  }

  #requireManager() {
    if (!this.#isManager()) throw new Refused(Code.RIGHTS);
  }

  #requireManagers() {
    this.#requireManager();
    if (this.link.signers.length < this.before.rules.mq) {
      throw new Refused(Code.RIGHTS);
    }
  }

  #requireWriter() {
    if (this.before.members.get(hex(this.author))?.role === Role.READER) {
      throw new Refused(Code.RIGHTS);
    }
  }

  #requireEachOnce() {
    const touched = this.link.ops.filter((op) => ONE_EACH.has(op.name)).map((op) => hex(op.fields.u));
    if (new Set(touched).size !== touched.length) throw new Refused(Code.STATE);
    for (const single of ['epoch', 'pol', 'meta', 'suite', 'close']) {
      if (this.names.filter((name) => name === single).length > 1) {
        throw new Refused(Code.STATE);
      }
    }
  }

  /** @param {Uint8Array} account @returns {Member} */
  #member(account) {
    const member = this.members.get(hex(account));
    if (!member) throw new Refused(Code.STATE);
    return member;
  }

  // The operations

  /** @param {Op} op */
  #do(op) {
    const { name, fields } = op;
    if (name === 'add') this.#add(op);
    else if (name === 'rem') this.#remove(fields);
    else if (name === 'role') this.#changeRole(fields);
    else if (name === 'key') this.#changeKey(fields);
    else if (name === 'sus') this.#suspend(fields);
    else if (name === 'pol') this.#setPolicy(op);
    else if (name === 'meta') this.#sealName(fields);
    else if (name === 'grant') this.#grant(fields);
    else if (name === 'bridge') this.#bridge(fields);
    else if (name === 'succ') this.#succeed(fields);
    else {
      this.#requireManagers();
      if (name === 'suite') this.suite = fields.s;
      else this.closed = true;
    }
  }

  /** @param {Op} op */
  #add(op) {
    this.#requireManagers();
    const { u, kid } = op.fields, account = hex(u);
    if (this.members.has(account)) throw new Refused(Code.STATE);
    this.members.set(account, admitted(op, this.directory));
    this.newcomer = true;
    this.joined.push({ n: this.before.n, account: u, kid });
    this.holders.set(account, kid);
  }

  /** @param {Record<string, any>} fields */
  #remove({ u }) {
    const member = this.#member(u);
    if (same(u, this.author)) {
      if (this.names.length > 1) throw new Refused(Code.STATE);
    } else if (this.directory.wasWithdrawn(u)) {
      this.#requireWriter();
      this.justified = true;
    } else if (member.role === Role.MANAGER) this.#requireManagers();
    else this.#requireManager();
    this.members.delete(hex(u));
  }

  /** @param {Record<string, any>} fields */
  #changeRole({ u, role }) {
    this.#requireManagers();
    const member = this.#member(u);
    if (member.role === role) throw new Refused(Code.STATE);
    this.members.set(hex(u), { ...member, role });
  }

  /** @param {Record<string, any>} fields */
  #changeKey({ u, gen, kid }) {
    const member = this.#member(u);
    this.directory.key(u, gen, kid);
    if (gen < member.gen || (gen === member.gen && !member.suspended)) throw new Refused(Code.STATE);
    const rotated = this.directory.accounts.get(hex(u))?.onlyRotated(member.gen, gen);
    if (member.suspended || !rotated) {
      this.#requireManagers();
      this.newcomer = true;
    } else if (!(this.updatesItself && same(u, this.author))) this.#requireWriter();
    this.members.set(hex(u), { role: member.role, gen, kid, suspended: false });
  }

  /** @param {Record<string, any>} fields */
  #suspend({ u }) {
    this.#requireWriter();
    const member = this.#member(u);
    if (member.suspended) throw new Refused(Code.STATE);
    if (!this.directory.wasWithdrawn(u) && !this.directory.wasResetAfter(u, member.gen)) {
      throw new Refused(Code.RIGHTS);
    }
    this.justified = true;
    this.members.set(hex(u), { ...member, suspended: true });
  }

  /** @param {Op} op */
  #setPolicy(op) {
    this.#requireManagers();
    const policy = policySaidBy(op);
    if (!same(policy.home, this.policy.home)) throw new Refused(Code.STATE);
    this.policy = policy;
  }

  /** @param {Record<string, any>} fields */
  #sealName({ ct }) {
    this.#requireManager();
    this.name = { seq: this.link.seq, n: this.before.n + (this.names.includes('epoch') ? 1 : 0), ct };
  }

  /** @param {Record<string, any>} fields */
  #grant({ u, n }) {
    this.#requireManagers();
    const member = this.#member(u);
    if (member.suspended || n > this.before.n) throw new Refused(Code.STATE);
    this.granted.push({ n, account: u, kid: member.kid });
    if (n === this.before.n) this.holders.set(hex(u), member.kid);
  }

  /** @param {Record<string, any>} fields */
  #bridge({ n, b }) {
    if (n > this.before.n) throw new Refused(Code.STATE);
    if (n === this.before.n && this.names.includes('epoch')) this.#requireWriter();
    else this.#requireManagers();
    const epoch = this.epochs[n - 1];
    this.epochs[n - 1] = { ...epoch, backs: [...epoch.backs, b] };
  }

  /** @param {Record<string, any>} fields */
  #succeed({ u, gen, kid }) {
    const member = this.#member(u);
    if (!same(u, this.author) || this.names.length > 1) {
      throw new Refused(Code.RIGHTS);
    }
    const lost = [...this.before.members].every(([account, { role, suspended, kid: known }]) =>
      role !== Role.MANAGER || suspended || this.directory.wasSuperseded(fromHex(account), known));
    if (!lost || !this.directory.hasSuccession(this.policy.home, this.before.id, u)) {
      throw new Refused(Code.RIGHTS);
    }
    if (gen < member.gen || !this.directory.isCertified(u)) throw new Refused(Code.UNCERTIFIED);
    this.justified = true;
    this.members.set(hex(u), { role: Role.MANAGER, gen, kid, suspended: false });
  }

  /** @param {Record<string, any>} fields */
  #beginEpoch({ n, c, b, r }) {
    if (n !== this.before.n + 1) throw new Refused(Code.STATE);
    this.#requireRightToRotate();
    const recipients = recipientsAmong(this.members);
    if (!same(r, recipientsHash(recipients))) throw new Refused(Code.RECIPIENTS);
    const { at, seq } = this.link;
    this.epochs.push({ n, commit: c, backs: b === null ? [] : [b], at, seq, author: this.author });
    this.holders = recipients;
    this.joined = inOrder(recipients).map(([account, kid]) => ({ n, account, kid }));
    const needsBack = n > 1 && (this.policy.hist === 'full' || !this.newcomer);
    if ((b !== null) !== needsBack) {
      throw new Refused(Code.HISTORY, b ? 'earlier messages are linked' : 'earlier messages are cut off');
    }
    if (b === null && !this.names.includes('meta')) {
      throw new Refused(Code.HISTORY);
    }
  }

  #requireRightToRotate() {
    if (this.#isManager() || this.updatesItself) return;
    this.#requireWriter();
    const because = this.names.some((name) => name === 'key' || name === 'rem' || name === 'sus');
    if (!because && !wasStale(this.before, this.link.at, this.directory)) {
      throw new Refused(Code.RIGHTS);
    }
  }

  // What must hold after them

  #requireSoundEnd() {
    const names = new Set(this.names), epoch = names.has('epoch');
    const leaves = this.names.length === 1 && names.has('rem') && same(this.link.ops[0].fields.u, this.author);
    if ((names.has('rem') || names.has('key') || names.has('sus')) && !epoch && !leaves) {
      throw new Refused(Code.STATE);
    }
    if (this.newcomer && this.policy.hist === 'join' && !epoch) {
      throw new Refused(Code.HISTORY);
    }
    if (this.members.size > MOST_MEMBERS) throw new Refused(Code.STATE);
    if (managersAmong(this.members).size < this.policy.mq && !this.justified) throw new Refused(Code.LAST_MANAGER);
  }
}
