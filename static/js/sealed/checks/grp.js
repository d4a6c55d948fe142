/**
 * A closed user group: members, roles, epochs and policy, as its signed chain says (sealed-protocol §4.3).
 *
 * `Group` is one state; `apply` of grp_links gives the state after a link or refuses.
 */

import { NONE, fromHex, hex, ordered, sha256 } from './bytes.js';
import { enc } from './cbor.js';
import { HASH, ID, closed, number, octets, oneOf, orNull, text } from './schema.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('./directory.js').Directory} Directory */
/** @typedef {import('./links.js').Link} Link */
/** @typedef {import('./links.js').Op} Op */

export const MOST_MEMBERS = 2000;
/** Seconds. */
export const DAY = 86_400;
export const Role = Object.freeze({ MANAGER: 'manager', WRITER: 'writer', READER: 'reader' });
const ROLE = oneOf(...Object.values(Role));
// salt 24, commitment 32, text 32, tag 16
const BACK_LINK = octets(104);

/** @type {import('./links.js').Ops} */
export const OPS = {
  add: closed({ u: ID, role: ROLE, gen: number(1), kid: ID }),
  rem: closed({ u: ID }),
  role: closed({ u: ID, role: ROLE }),
  key: closed({ u: ID, gen: number(1), kid: ID }),
  sus: closed({ u: ID }),
  epoch: closed({ n: number(1), c: HASH, b: orNull(BACK_LINK), r: HASH }),
  pol: closed({
    hist: oneOf('full', 'join'),
    post: oneOf('writer', 'manager'),
    mq: oneOf(1, 2),
    maxage: number(1, 365),
    ret: number(),
    home: ID,
  }),
  meta: closed({ ct: octets({ most: 16 << 10 }) }),
  grant: closed({ u: ID, n: number(1) }),
  bridge: closed({ n: number(2), b: BACK_LINK }),
  succ: closed({ u: ID, gen: number(1), kid: ID }),
  suite: closed({ s: text({ most: 16 }) }),
  close: closed({}),
};

/** @typedef {{role: string, gen: number, kid: Uint8Array, suspended: boolean}} Member */

/**
 * `maxage` and `ret` in days, `ret` 0 for ever; `home` is the administration that may name a successor of lost
 * managers.
 * @typedef {{hist: string, post: string, mq: number, maxage: number, ret: number, home: Uint8Array}} Policy
 */

/**
 * One period with one key. `backs` are the back-links offered for it: its own, then bridges. `at` in Unix seconds.
 * @typedef {{n: number, commit: Uint8Array, backs: Uint8Array[], at: number, seq: number, author: Uint8Array}} Epoch
 */

/**
 * The group's name and description, sealed under epoch n.
 * @typedef {{seq: number, n: number, ct: Uint8Array}} SealedName
 */

/** A wrap that has to come with a link. @typedef {{n: number, account: Uint8Array, kid: Uint8Array}} Owed */

/** Refused: `schema`. @param {Op} op @returns {Policy} */
export function policySaidBy({ fields }) {
  if (fields.ret > 0 && fields.ret < 30) throw new Refused(Code.SCHEMA);
  const { hist, post, mq, maxage, ret, home } = fields;
  return { hist, post, mq, maxage, ret, home };
}

/** @param {Map<string, Member>} members by account @returns {Map<string, Uint8Array>} account → kid */
export function recipientsAmong(members) {
  const recipients = new Map();
  for (const [account, member] of members) if (!member.suspended) recipients.set(account, member.kid);
  return recipients;
}

/** @param {Map<string, Member>} members by account @returns {Set<string>} accounts */
export function managersAmong(members) {
  const managers = new Set();
  for (const [account, member] of members) {
    if (member.role === Role.MANAGER && !member.suspended) managers.add(account);
  }
  return managers;
}

/** A group after one of its links. Accounts are keys of maps, in hexadecimal. */
export class Group {
  constructor() {
    /** @type {Link | null} */
    this.head = null;
    this.id = NONE;
    /** @type {Policy | null} */
    this.policy = null;
    /** @type {Map<string, Member>} */
    this.members = new Map();
    /** @type {Epoch[]} */
    this.epochs = [];
    /**
     * Who was given the newest epoch's key, by account, with the kid it was wrapped to.
     * @type {Map<string, Uint8Array>}
     */
    this.holders = new Map();
    /** @type {SealedName | null} */
    this.name = null;
    /** The wraps that have to come with the last link. @type {Owed[]} */
    this.owed = [];
    this.closed = false;
    this.suite = 'comm/1';
  }

  /** @param {Partial<Group>} changes @returns {Group} */
  with(changes) {
    return Object.assign(new Group(), this, changes);
  }

  get rules() {
    if (this.policy === null) throw new Refused(Code.ORDER);
    return this.policy;
  }

  /** The number of the present epoch; 0 before the first. */
  get n() {
    return this.epochs.length;
  }

  managers() {
    return managersAmong(this.members);
  }

  /** Who is to be given a new epoch's key: account → kid. */
  recipients() {
    return recipientsAmong(this.members);
  }

  /** @param {Uint8Array} account @param {Uint8Array} kid */
  mayPost(account, kid) {
    const member = this.members.get(hex(account));
    if (!member || member.suspended || hex(member.kid) !== hex(kid) || this.closed) return false;
    return member.role === Role.MANAGER || (member.role === Role.WRITER && this.rules.post === 'writer');
  }
}

/** @param {Map<string, Uint8Array>} recipients account → kid */
export const recipientsHash = (recipients) => sha256(enc(inOrder(recipients)));

/** @param {Map<string, Uint8Array>} recipients @returns {[Uint8Array, Uint8Array][]} */
export const inOrder = (recipients) =>
  [...recipients].map(([account, kid]) => /** @type {[Uint8Array, Uint8Array]} */ ([fromHex(account), kid]))
    .sort((a, b) => ordered(a[0], b[0]));

/**
 * The member that an `add` makes. Refused: `uncertified`.
 * @param {Op} op
 * @param {Directory} directory
 * @returns {Member}
 */
export function admitted({ fields: { u, role, gen, kid } }, directory) {
  directory.key(u, gen, kid);
  if (!directory.isCertified(u)) throw new Refused(Code.UNCERTIFIED);
  return { role, gen, kid, suspended: false };
}

/**
 * The key that the group knows of a member. Refused: `uncertified`.
 * @param {Group} group
 * @param {Uint8Array} account
 * @param {Directory} directory
 */
export function memberKey(group, account, directory) {
  const member = group.members.get(hex(account));
  if (!member) throw new Refused(Code.UNCERTIFIED);
  return directory.key(account, member.gen, member.kid);
}

/**
 * Whether the present key must not be used any more (§4.3.7).
 * @param {Group} group
 * @param {number} at
 * @param {Directory} directory
 */
export const isStale = (group, at, directory) =>
  isHardStale(group, directory) || isOld(group, at) || superseded(group, directory).length > 0;

/**
 * Whether it is or ever was stale, for judging the link of a writer who changed the key.
 * @param {Group} group
 * @param {number} at
 * @param {Directory} directory
 */
export const wasStale = (group, at, directory) => isStale(group, at, directory)
  || [...group.holders].some(([account, kid]) => directory.wasSuperseded(fromHex(account), kid));

/** @param {Group} group @param {number} at Unix seconds */
export function isOld(group, at) {
  const epoch = group.epochs.at(-1);
  return epoch !== undefined && at - epoch.at > group.rules.maxage * DAY;
}

/**
 * Somebody holds the key who should not: left, withdrawn, reset, or rotated since a device was lost.
 * @param {Group} group
 * @param {Directory} directory
 */
export function isHardStale(group, directory) {
  const present = group.recipients();
  for (const account of group.holders.keys()) if (!present.has(account)) return true;
  return superseded(group, directory).some(({ account, kid }) => !rotatedAsRoutine(directory, account, kid));
}

/** @param {Group} group @param {Directory} directory */
const superseded = (group, directory) =>
  [...group.holders].map(([account, kid]) => ({ account: fromHex(account), kid }))
    .filter(({ account, kid }) => directory.isSuperseded(account, kid));

/** @param {Directory} directory @param {Uint8Array} account @param {Uint8Array} kid */
function rotatedAsRoutine(directory, account, kid) {
  const chain = directory.accounts.get(hex(account));
  const at = chain?.generationOf(hex(kid))?.gen;
  if (!chain || at === undefined) return false;
  if (directory.isWithdrawn(account) || directory.wasResetAfter(account, at)) return false;
  return chain.generations.slice(at).every((generation) => generation.why === 'routine');
}
