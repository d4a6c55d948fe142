/** Rule S (sealed-protocol §4.4): what a superseded key signed is trusted only when a later link closes it. */

import { hex } from './bytes.js';
import { markOf } from './group_chain.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('./directory.js').Directory} Directory */
/** @typedef {import('./group_chain.js').GroupChain} GroupChain */
/** @typedef {import('./links.js').Link} Link */
/** @typedef {import('./messages.js').Message} Message */

const CLOSING = new Set(['key', 'rem', 'sus']);

/**
 * Seen from the end of a chain: the numbers of the links that stand on withdrawn keys, and the highest place among the
 * messages at which a sound link closes each account.
 * @typedef {{unsound: Set<number>, closedAt: Map<string, number>}} Closures
 */

/** @param {GroupChain} chain @param {Directory} directory @returns {Closures} */
export function closures(chain, directory) {
  const unsound = new Set(), closedAt = new Map();
  for (const link of chain.links.toReversed()) {
    if (!isSound(link, directory, closedAt)) {
      unsound.add(link.seq);
      continue;
    }
    for (const { name, fields } of link.ops) {
      if (!CLOSING.has(name)) continue;
      const account = hex(fields.u);
      if (!closedAt.has(account)) closedAt.set(account, markOf(link).i);
    }
  }
  return { unsound, closedAt };
}

/** @param {Link} link @param {Directory} directory @param {Map<string, number>} closedAt */
const isSound = (link, directory, closedAt) => link.signers.every(({ u, kid }) =>
  u === undefined || closedAt.has(hex(u)) || !directory.isSuperseded(u, kid));

/**
 * Of the links from number `verified` on. Refused: `withdrawn`, with the first such link in `detail`.
 * @param {GroupChain} chain
 * @param {number} verified
 * @param {Directory} directory
 */
export function requireClosedLinks(chain, verified, directory) {
  const found = [...closures(chain, directory).unsound].filter((seq) => seq >= verified);
  if (found.length) throw new Refused(Code.WITHDRAWN, `link ${Math.min(...found)}`);
}

/**
 * Of a message not verified before, as number `i`; `known` saves the way through the chain for many messages.
 * Refused: `withdrawn`.
 * @param {Message} message
 * @param {number} i
 * @param {GroupChain} chain
 * @param {Directory} directory
 * @param {Closures} [known]
 */
export function requireClosedMessage(message, i, chain, directory, known) {
  if (!directory.isSuperseded(message.author, message.kid)) return;
  const { closedAt } = known ?? closures(chain, directory);
  if ((closedAt.get(hex(message.author)) ?? -1) < i) throw new Refused(Code.WITHDRAWN);
}
