/** Writing links: the one place that knows which fields a new link of each kind has (sealed-protocol §4). */

import { random } from '../checks/bytes.js';
import { sign } from './keys.js';

/** @typedef {import('../checks/links.js').Link} Link */
/** @typedef {import('./keys.js').Keys} Keys */
/** @typedef {[string, Record<string, any>]} Operation */

/** Unix seconds. */
export const now = () => Math.floor(Date.now() / 1000);

/**
 * A link of kind net, adm or usr after `after`, or the first of its chain; signers in the order of the rule.
 * @param {string} kind
 * @param {Link | null} after
 * @param {Operation[]} ops
 * @param {Keys[]} signers
 * @param {number} [at] Unix seconds
 */
export function writeLink(kind, after, ops, signers, at = now()) {
  const [by, ...others] = signers.map((keys) => ({ kid: keys.kid }));
  return sign(contentOf(kind, after, ops, by, others, at), ...signers);
}

/**
 * A link of a group. `view` is `vw`, `order` is `ml`, absent in the first link.
 * @param {Link | null} after
 * @param {Operation[]} ops
 * @param {{account: Uint8Array, keys: Keys}[]} signers
 * @param {{view: Record<string, any>, order?: [number, Uint8Array], at?: number}} seen
 */
export function writeGroupLink(after, ops, signers, { view, order, at = now() }) {
  const [by, ...others] = signers.map(({ account, keys }) => ({ kid: keys.kid, u: account }));
  const content = contentOf('grp', after, ops, by, others, at);
  const more = after === null ? { vw: view } : { vw: view, ml: order };
  return sign({ ...content, ...more }, ...signers.map(({ keys }) => keys));
}

/**
 * @param {string} k
 * @param {Link | null} after
 * @param {Operation[]} ops
 * @param {Record<string, Uint8Array>} by
 * @param {Record<string, Uint8Array>[]} others
 * @param {number} at
 */
function contentOf(k, after, ops, by, others, at) {
  const content = { k, by, ops, tl: null, ...(others.length ? { co: others } : {}) };
  if (after === null) return { ...content, seq: 0, prev: null, at, rnd: random(16) };
  const id = after.seq === 0 ? after.lhash.slice(0, 16) : after.content.id;
  // Never before the link it follows, whatever this machine's clock says.
  return { ...content, seq: after.seq + 1, prev: after.lhash, at: Math.max(at, after.at), id };
}
