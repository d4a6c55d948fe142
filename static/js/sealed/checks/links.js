/** What all links share: their shape, and how one follows another (sealed-protocol §4). */

import { isBytes, same } from './bytes.js';
import { isMap } from './cbor.js';
import {
  HASH, ID, POSITION, TIME, TREE_HEAD, closed, number, oneOf, openField, orNull, row, several,
} from './schema.js';
import { read, verify } from './signed.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('./schema.js').Rule} Rule */
/** @typedef {import('./signed.js').Signed} Signed */
/** @typedef {import('./public_keys.js').PublicKey} PublicKey */
/** @typedef {{name: string, fields: Record<string, any>}} Op */
/** @typedef {{seq: number, lhash: Uint8Array}} Position a place in a chain: the link's number and its hash */
/** @typedef {Record<string, Rule>} Ops */

export const LARGEST_LINK = 4 << 20;
export const MOST_OPS = 2500;
export const KIND_SIGNER = closed({ kid: ID });
export const MEMBER_SIGNER = closed({ kid: ID, u: ID });
export const VIEW = closed({ net: POSITION, adm: POSITION, usr: POSITION });
export const ORDER_MARK = row(number(), HASH);

/** A link whose shape is right; whether it is valid is said by the chain it is applied to. */
export class Link {
  /** @param {Signed} signed @param {Record<string, any>} content */
  constructor(signed, content) {
    this.signed = signed;
    this.content = content;
    /** @type {Op[]} */
    this.ops = content.ops.map((/** @type {[string, any]} */ [name, fields]) => ({ name, fields }));
  }

  /** @returns {string} */
  get kind() {
    return this.content.k;
  }

  /** @returns {number} */
  get seq() {
    return this.content.seq;
  }

  /** Unix seconds, as its author says. @returns {number} */
  get at() {
    return this.content.at;
  }

  get lhash() {
    return this.signed.lhash;
  }

  /** @returns {Position} */
  get position() {
    return { seq: this.seq, lhash: this.lhash };
  }

  /** `by`, then `co`, in the order of their signatures. @returns {{kid: Uint8Array, u?: Uint8Array}[]} */
  get signers() {
    return [this.content.by, ...(this.content.co ?? [])];
  }

  /** Refused: `signer`, `signature`. @param {PublicKey[]} keys */
  async requireSignedBy(keys) {
    const { signers } = this;
    if (signers.length !== keys.length || !keys.every((key, place) => same(key.kid, signers[place].kid))) {
      throw new Refused(Code.SIGNER);
    }
    await verify(this.signed, this.kind, keys);
  }
}

/** A position as it is written: [seq, lhash]. @param {Position} position */
export const positionAsList = ({ seq, lhash }) => [seq, lhash];

/** The link's kind and number decide which of these it has to have. @type {Map<Ops, Record<string, Rule>>} */
const shapes = new Map();

/** @param {string} kind @param {Ops} ops @param {boolean} first */
function shapeOf(kind, ops, first) {
  let known = shapes.get(ops);
  if (!known) shapes.set(ops, known = { first: shape(kind, ops, true), later: shape(kind, ops, false) });
  return first ? known.first : known.later;
}

/** @param {string} kind @param {Ops} ops @param {boolean} first @returns {Rule} */
function shape(kind, ops, first) {
  const group = kind === 'grp';
  const signer = group ? MEMBER_SIGNER : KIND_SIGNER;
  return closed({
    k: oneOf(kind),
    seq: number(),
    at: TIME,
    by: signer,
    prev: orNull(HASH),
    ops: several(opOf(ops), { least: 1, most: group ? MOST_OPS : 1 }),
    tl: TREE_HEAD,
    [first ? 'rnd' : 'id']: ID,
    ...(group ? { vw: VIEW } : {}),
    ...(group && !first ? { ml: ORDER_MARK } : {}),
  }, { co: several(signer, { least: 1, most: 8 }), x: openField });
}

/** @param {Ops} ops @returns {Rule} */
const opOf = (ops) => (value, where) => {
  if (!Array.isArray(value) || value.length !== 2 || typeof value[0] !== 'string') {
    throw new Refused(Code.SCHEMA);
  }
  const [name, fields] = value;
  if (!Object.hasOwn(ops, name)) throw new Refused(Code.NEWER);
  ops[name](fields, `${where}.${name}`);
};

/**
 * A link of this kind, every field of it checked. Refused: `cbor`, `schema`, `newer`, `signer`.
 * @param {unknown} raw
 * @param {string} kind
 * @param {Ops} ops
 * @returns {Link}
 */
export function readLink(raw, kind, ops) {
  if (isBytes(raw) && raw.length > LARGEST_LINK) throw new Refused(Code.SCHEMA);
  const signed = read(raw);
  const content = signed.content();
  if (!isMap(content)) throw new Refused(Code.SCHEMA);
  shapeOf(kind, ops, content.seq === 0)(content, 'link');
  return new Link(signed, content);
}

/**
 * Rule V. Refused: `order`.
 * @param {Link} link
 * @param {Link | null} head
 * @param {Uint8Array} id of the chain
 */
export function requireFollows(link, head, id) {
  const { content } = link;
  if (head === null) {
    if (link.seq !== 0 || content.prev !== null) throw new Refused(Code.ORDER);
    return;
  }
  if (link.seq !== head.seq + 1) throw new Refused(Code.ORDER);
  if (!same(content.prev, head.lhash)) throw new Refused(Code.ORDER);
  if (!same(content.id, id)) throw new Refused(Code.ORDER);
  if (link.at < head.at) throw new Refused(Code.ORDER);
}

/** Where a chain ends. Refused: `order` when it has not begun. @param {Link | null} head @returns {Position} */
export function positionOf(head) {
  if (head === null) throw new Refused(Code.ORDER);
  return head.position;
}

/** @param {Link} genesis */
export const chainId = (genesis) => genesis.lhash.slice(0, 16);
