/** Leaf data of the transparency log (sealed-protocol §9); the server keeps their order from the first link on. */

import { joined, sha256 } from './bytes.js';
import { enc } from './cbor.js';

/**
 * Of a link. A group's id is hidden behind a tag, so that witnesses learn no group's activity.
 * @param {string} kind
 * @param {Uint8Array} chain
 * @param {number} seq
 * @param {Uint8Array} lhash
 */
export function chainLeaf(kind, chain, seq, lhash) {
  if (kind === 'grp') return enc(['comm/1/leaf', 'grp', sha256(enc(['comm/1/tag', chain, seq])), lhash]);
  return enc(['comm/1/leaf', kind, chain, seq, lhash]);
}

/** @param {Uint8Array} group @param {number} i @param {Uint8Array} lhash */
export const messageLeaf = (group, i, lhash) =>
  enc(['comm/1/leaf', 'msg', sha256(enc(['comm/1/tag', group, 'm', i])), lhash]);

/** @param {Uint8Array} data */
export const leafHash = (data) => sha256(joined(Uint8Array.of(0), data));
