/** What can be said of a message without opening it (sealed-protocol §6). */

import { hex, isBytes, same, sha256 } from './bytes.js';
import { markOf } from './group_chain.js';
import { MEMBER_SIGNER, ORDER_MARK, VIEW } from './links.js';
import {
  HASH, ID, POSITION, TIME, TREE_HEAD, closed, number, oneOf, openField, orNull, row, several,
} from './schema.js';
import { read, verify } from './signed.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('./directory.js').Directory} Directory */
/** @typedef {import('./group_chain.js').GroupChain} GroupChain */
/** @typedef {import('./links.js').Position} Position */
/** @typedef {import('./message_order.js').MessageOrder} MessageOrder */
/** @typedef {import('./signed.js').Signed} Signed */

/** Bytes. */
export const LARGEST_MESSAGE = 256 << 10;
/** Bytes. */
export const LARGEST_HEADER = 16 << 10;
/** Bytes. */
export const LARGEST_FILE = 2 ** 30;
export const MOST_FILES = 64;
export const PAYLOAD = closed({
  k: oneOf('msg'),
  g: ID,
  n: number(1),
  m: ID,
  by: MEMBER_SIGNER,
  dev: ID,
  ctr: number(),
  prev: orNull(HASH),
  head: POSITION,
  ml: ORDER_MARK,
  vw: VIEW,
  at: TIME,
  att: several(row(ID, number(1, 2 * LARGEST_FILE)), { most: MOST_FILES }),
  del: several(HASH, { most: 64 }),
  pd: orNull(row(ID, number(), HASH)),
  tl: TREE_HEAD,
  cth: HASH,
}, { x: openField });

/** A message whose shape is right; `ct` is null where it was purged. */
export class Message {
  /** @param {Signed} signed @param {Record<string, any>} content @param {Uint8Array | null} ct */
  constructor(signed, content, ct) {
    this.signed = signed;
    this.content = content;
    this.ct = ct;
  }

  get lhash() {
    return this.signed.lhash;
  }

  /** @returns {Uint8Array} */
  get author() {
    return this.content.by.u;
  }

  /** @returns {Uint8Array} */
  get kid() {
    return this.content.by.kid;
  }

  /** @returns {Position} */
  get head() {
    const [seq, lhash] = this.content.head;
    return { seq, lhash };
  }

  /** Numbers are counted per account and device, so that nobody can take another's; as a key of maps. */
  get device() {
    return hex(this.author) + hex(this.content.dev);
  }

  /** What the ciphertext is bound to. @returns {Record<string, any>} */
  get header() {
    const { cth: _, ...header } = this.content;
    return header;
  }
}

/**
 * Refused: `cbor`, `schema`, `newer`, `signer`, `sealed` when the ciphertext is not the one that was signed.
 * @param {unknown} raw
 * @param {Uint8Array | null} ct
 * @returns {Message}
 */
export function readMessage(raw, ct) {
  const signed = read(raw);
  const content = signed.content();
  PAYLOAD(content, 'message');
  if (ct !== null && !isBytes(ct)) throw new Refused(Code.SCHEMA);
  if (signed.raw.length + (ct?.length ?? 0) > LARGEST_MESSAGE || signed.payload.length > LARGEST_HEADER) {
    throw new Refused(Code.SCHEMA);
  }
  if (ct !== null && !same(sha256(ct), content.cth)) {
    throw new Refused(Code.SEALED);
  }
  const files = content.att.map((/** @type {[Uint8Array, number]} */ [aid]) => hex(aid));
  if (new Set(files).size !== files.length) throw new Refused(Code.SCHEMA);
  return new Message(signed, content, ct);
}

/**
 * What holds wherever the message stands. Refused: `off_chain`, `uncertified`, `signature`, `rights`, `state`.
 * @param {Message} message
 * @param {GroupChain} chain
 * @param {Directory} directory
 */
export async function requireAdmissible(message, chain, directory) {
  const { content, head } = message;
  if (!same(content.g, chain.id)) throw new Refused(Code.OFF_CHAIN);
  if (!chain.has(head)) throw new Refused(Code.OFF_CHAIN);
  const state = chain.states[head.seq];
  const key = directory.accounts.get(hex(message.author))?.keyOf(message.kid);
  if (!key) throw new Refused(Code.UNCERTIFIED);
  await verify(message.signed, 'msg', [key]);
  if (!state.mayPost(message.author, message.kid)) throw new Refused(Code.RIGHTS);
  if (content.n !== state.n) {
    throw new Refused(Code.STATE);
  }
}

/**
 * What holds of the message as number `i`. Refused: `fork`, `off_chain`, `late`.
 * @param {Message} message
 * @param {number} i
 * @param {GroupChain} chain
 * @param {MessageOrder} order
 */
export function requireTimely(message, i, chain, order) {
  const [seen, mark] = message.content.ml;
  const { head } = message;
  if (!chain.has(head)) throw new Refused(Code.OFF_CHAIN);
  if (seen >= i || markOf(chain.links[head.seq]).i >= i) {
    throw new Refused(Code.OFF_CHAIN);
  }
  order.require(seen, mark);
  if (chain.barriersAfter(head.seq, message.author).some((link) => markOf(link).i < i)) throw new Refused(Code.LATE);
}
