/** How a fetched message stands: trusted and open, or the code for which it is not (sealed-protocol §6). */

import { hex, same } from '../checks/bytes.js';
import { readMessage, requireAdmissible, requireTimely } from '../checks/messages.js';
import { requireClosedMessage } from '../checks/withdrawn_keys.js';
import { openMessage } from '../private/messages.js';
import { Code, Refused } from '../refusals.js';

/**
 * @param {{i: number, raw: Uint8Array, ct: Uint8Array | null, receivedAt: number}} kept
 * @param {{
 *   chain: import('../checks/group_chain.js').GroupChain,
 *   order: import('../checks/message_order.js').MessageOrder,
 *   directory: import('../checks/directory.js').Directory,
 *   closed: import('../checks/withdrawn_keys.js').Closures,
 * }} known
 * @param {(n: number) => Promise<Uint8Array>} secretOf a period
 */
export async function judged({ i, raw, ct, receivedAt }, { chain, order, directory, closed }, secretOf) {
  const shown = { i, receivedAt, lhash: '', author: '', at: 0, standing: 'trusted', sentence: '', body: null, del: [] };
  try {
    const message = readMessage(raw, ct);
    Object.assign(shown, { lhash: hex(message.lhash), author: hex(message.author), at: message.content.at });
    shown.del = message.content.del.map(hex);
    if (!same(order.lhashAt(i), message.lhash)) throw new Refused(Code.FORK, `another message ${i}`);
    await requireAdmissible(message, chain, directory);
    requireTimely(message, i, chain, order);
    requireClosedMessage(message, i, chain, directory, closed);
    if (message.ct === null) shown.standing = 'dropped';
    else shown.body = await openMessage(message, await secretOf(message.content.n));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    Object.assign(shown, { standing: error.code, sentence: error.message });
  }
  return shown;
}

/**
 * Hides what its author or a manager took back by a trusted message.
 * @param {any[]} messages
 * @param {Map<string, import('../checks/grp.js').Member>} members
 */
export function hideTakenBack(messages, members) {
  const byHash = new Map(messages.map((one) => [one.lhash, one]));
  for (const one of messages) {
    if (one.standing !== 'trusted') continue;
    for (const lhash of one.del) {
      const taken = byHash.get(lhash);
      const may = taken && (taken.author === one.author || members.get(one.author)?.role === 'manager');
      if (may) Object.assign(taken, { standing: 'taken_back', body: null });
    }
  }
}
