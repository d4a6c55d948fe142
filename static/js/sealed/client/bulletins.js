/** Bulletins in a group: sent, replaced by a newer version, withdrawn, acknowledged. */

import { hex } from '../checks/bytes.js';

/**
 * `first` and `newest` are the hashes of those versions; who `said` what of the newest one, in hexadecimal, by kind.
 * @typedef {{
 *   first: string, newest: string, author: string, version: number, withdrawn: string | null,
 *   said: Record<string, string[]>,
 * }} Bulletin
 */

/**
 * The bulletins of a group, by the hash of each of their versions. Only what is trusted counts: a version and a
 * withdrawal by the author of the first one, an acknowledgement of the newest.
 * @param {{standing: string, body: any, lhash: string, author: string}[]} messages oldest first
 * @returns {Map<string, Bulletin>}
 */
export function bulletinsOf(messages) {
  /** @type {Map<string, Bulletin>} */
  const found = new Map();
  for (const { standing, body, lhash, author } of messages) {
    if (standing !== 'trusted' || !body) continue;
    const re = body.re && hex(body.re), one = found.get(re);
    if (body.t === 'bulletin') {
      const { version } = body;
      if (!re && !found.has(lhash)) found.set(lhash, { first: lhash, newest: lhash, author, version, withdrawn: null, said: {} });
      else if (one && one.author === author && version > one.version) {
        found.set(lhash, Object.assign(one, { newest: lhash, version, withdrawn: null, said: {} }));
      }
    } else if (one && body.t === 'withdraw') {
      if (one.author === author) one.withdrawn = body.body;
    } else if (one && body.t === 'ack' && re === one.newest) {
      const said = one.said[body.kind] ??= [];
      if (!said.includes(author)) said.push(author);
    }
  }
  return found;
}

/**
 * How a version stands for a reader, in words that the page knows.
 * @param {{lhash: string, author: string, body: any}} message
 * @param {Bulletin} bulletin
 * @param {{me: string, answers: boolean, read: {has: (lhash: string) => boolean}, now: number}} reader `answers` where
 *   he may write; times in unix seconds
 */
export function statesOf({ lhash, author, body }, { newest, withdrawn, said }, { me, answers, read, now }) {
  const stands = lhash === newest && withdrawn === null, past = (/** @type {number | null} */ at) => at !== null && at < now;
  const due = stands && answers && author !== me && body.ack_by !== null && !said.acknowledged?.includes(me);
  return Object.entries({
    due: due && !past(body.ack_by),
    overdue: due && past(body.ack_by),
    unread: author !== me && !read.has(lhash),
    replaced: lhash !== newest,
    withdrawn: withdrawn !== null,
    over: past(body.valid_to),
  }).filter(([, is]) => is).map(([state]) => state);
}
