/** What has to change in a group before its key may be used again (sealed-protocol §4.3.7). */

import { fromHex, same } from '../checks/bytes.js';
import { Role } from '../checks/grp.js';

/** @typedef {import('../checks/directory.js').Directory} Directory */
/** @typedef {import('../checks/grp.js').Group} Group */
/** @typedef {import('../checks/grp.js').Member} Member */

/**
 * The operations that one's own role allows for members whose keys are withdrawn, reset or newer, one's own first, and
 * who remains.
 * @param {Group} now
 * @param {Directory} directory
 * @param {string} own
 * @returns {{ops: any[], recipients: Map<string, Uint8Array>}}
 */
export function dueChanges(now, directory, own) {
  const ops = [], recipients = new Map(now.recipients());
  for (const [uid, member] of now.members) {
    if (uid !== own && now.members.get(own)?.role === Role.READER) continue;
    const op = uid === own ? ownKey(uid, member, directory) : about(uid, member, directory);
    if (!op) continue;
    if (uid === own) ops.unshift(op); else ops.push(op);
    if (op[0] === 'key') recipients.set(uid, op[1].kid); else recipients.delete(uid);
  }
  return { ops, recipients };
}

/** @param {string} uid @param {Member} member @param {Directory} directory @returns {[string, any] | null} */
function ownKey(uid, { suspended, gen, kid }, directory) {
  const account = directory.accounts.get(uid), { newest } = account;
  if (suspended || same(kid, newest.key.kid) || !account.onlyRotated(gen, newest.gen)) return null;
  return ['key', { u: fromHex(uid), gen: newest.gen, kid: newest.key.kid }];
}

/** @param {string} uid @param {Member} member @param {Directory} directory @returns {[string, any] | null} */
function about(uid, { suspended, gen, kid }, directory) {
  const u = fromHex(uid), account = directory.accounts.get(uid);
  if (!directory.isSuperseded(u, kid)) return null;
  if (directory.isWithdrawn(u)) {
    if (account.ended || directory.lineage(account.adm).some(({ revoked }) => revoked.has(uid))) return ['rem', { u }];
    // Its administration left the network; another may take it over and bring the account back.
    return suspended ? null : ['sus', { u }];
  }
  if (suspended) return null;
  if (directory.wasResetAfter(u, gen)) return ['sus', { u }];
  return ['key', { u, gen: account.newest.gen, kid: account.newest.key.kid }];
}
