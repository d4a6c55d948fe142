/** Keys of a group's periods: made, handed to each member, linked back (sealed-protocol §5). */

import { hex, joined, random, same, utf8 } from '../checks/bytes.js';
import { recipientsHash } from '../checks/grp.js';
import { Wrap } from '../checks/wraps.js';
import { Code, Refused } from '../refusals.js';
import { derive } from './keys.js';
import { seal, sealTo, unseal, unsealOwn } from './sealing.js';

/** @typedef {import('../checks/grp.js').Epoch} Epoch */
/** @typedef {import('./keys.js').Keys} Keys */

/** @param {number} n @returns {Uint8Array} */
function u64(n) {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(n));
  return out;
}

/**
 * The key of an epoch for one use.
 * @param {Uint8Array} secret
 * @param {Uint8Array} group
 * @param {number} n
 * @param {'msg' | 'back' | 'meta' | 'commit'} label
 */
export const epochKey = (secret, group, n, label) =>
  derive(secret, joined(utf8(`comm/1/epoch\0${label}\0`), u64(n)), group);

export const newSecret = () => random(32);

/**
 * The key of epoch n−1, for whoever holds that of n.
 * @param {Uint8Array} secret
 * @param {Uint8Array} group
 * @param {number} n
 * @param {Uint8Array} before
 */
export const backLink = async (secret, group, n, before) =>
  seal(await epochKey(secret, group, n, 'back'), ['comm/1/back', group, n, n - 1], before);

/**
 * The operation that begins epoch n for these accounts; `before` is null where history is cut.
 * @param {Uint8Array} secret
 * @param {Uint8Array} group
 * @param {number} n
 * @param {Map<string, Uint8Array>} recipients account → kid
 * @param {Uint8Array | null} before
 * @returns {Promise<[string, Record<string, any>]>}
 */
export async function epochOp(secret, group, n, recipients, before) {
  const c = await epochKey(secret, group, n, 'commit');
  const b = before === null ? null : await backLink(secret, group, n, before);
  return ['epoch', { n, c, b, r: recipientsHash(recipients) }];
}

/**
 * The epoch's key for one member, sealed to its X-Wing key `x`. Refused: `key`.
 * @param {Uint8Array} secret
 * @param {Uint8Array} group
 * @param {number} n
 * @param {Uint8Array} account
 * @param {Uint8Array} kid
 * @param {Uint8Array} x
 */
export const wrap = async (secret, group, n, account, kid, x) =>
  new Wrap(group, n, account, kid, await sealTo(x, ['comm/1/wrap', group, n, account, kid], secret));

/**
 * The epoch's key from whichever of the wraps passes its commitment. Refused: `wrap`.
 * @param {Iterable<Wrap>} wraps
 * @param {Epoch} epoch
 * @param {Uint8Array} group
 * @param {Uint8Array} account
 * @param {Map<string, Keys>} keys by kid
 */
export async function unwrap(wraps, epoch, group, account, keys) {
  for (const candidate of wraps) {
    const opener = keys.get(hex(candidate.kid));
    const meant = candidate.n === epoch.n && same(candidate.group, group) && same(candidate.account, account);
    if (!opener || !meant) continue;
    const secret = await orNothing(
      unsealOwn(opener.opener, ['comm/1/wrap', group, epoch.n, account, candidate.kid], candidate.ct));
    if (secret && await isSecretOf(secret, epoch, group)) return secret;
  }
  throw new Refused(Code.WRAP, `period ${epoch.n}`);
}

/** @param {Uint8Array} secret @param {Epoch} epoch @param {Uint8Array} group */
export const isSecretOf = async (secret, epoch, group) =>
  same(await epochKey(secret, group, epoch.n, 'commit'), epoch.commit);

/**
 * The key of the epoch before, by any back-link that passes its commitment.
 *
 * Refused: `history` when the epoch has none (history begins here), `wrap` when none of them is good.
 * @param {Uint8Array} secret
 * @param {Epoch} epoch
 * @param {Epoch} before
 * @param {Uint8Array} group
 */
export async function stepBack(secret, epoch, before, group) {
  if (!epoch.backs.length) throw new Refused(Code.HISTORY, `history begins with period ${epoch.n}`);
  const key = await epochKey(secret, group, epoch.n, 'back');
  for (const candidate of epoch.backs) {
    const found = await orNothing(unseal(key, ['comm/1/back', group, epoch.n, before.n], candidate));
    if (found && await isSecretOf(found, before, group)) return found;
  }
  throw new Refused(Code.WRAP, `the link from period ${epoch.n} back to ${before.n}`);
}

/**
 * What was opened, or null where it was refused: another candidate may be good.
 * @param {Promise<Uint8Array>} opening
 */
async function orNothing(opening) {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
