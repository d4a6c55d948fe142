/** What has to change in a group before its key may be used again (sealed-protocol §4.3.7). */

import { fromHex, same } from '../checks/bytes.js';

/** @typedef {import('../checks/directory.js').Directory} Directory */
/** @typedef {import('../checks/grp.js').Group} Group */

/**
 * The operations for members whose keys are withdrawn, reset or newer, one's own first, and who remains.
 * @param {Group} now
 * @param {Directory} directory
 * @param {string} own
 * @returns {{ops: any[], recipients: Map<string, Uint8Array>}}
 */
export function dueChanges(now, directory, own) {
  const ops = [], recipients = new Map(now.recipients());
  for (const [uid, member] of now.members) {
    if (member.suspended) continue;
    const id = fromHex(uid), { newest } = directory.accounts.get(uid);
    if (directory.isWithdrawn(id)) {
      ops.push(['rem', { u: id }]);
      recipients.delete(uid);
    } else if (directory.wasResetAfter(id, member.gen)) {
      ops.push(['sus', { u: id }]);
      recipients.delete(uid);
    } else if (!same(member.kid, newest.key.kid)) {
      const op = ['key', { u: id, gen: newest.gen, kid: newest.key.kid }];
      if (uid === own) ops.unshift(op); else ops.push(op);
      recipients.set(uid, newest.key.kid);
    }
  }
  return { ops, recipients };
}
