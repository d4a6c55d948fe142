/** What the page decides for itself: how bulletins stand, whether numbers can be right, what the index finds. */

import * as core from '../../../static/js/sealed/core.js';
import { bulletinsOf, statesOf } from '../../../static/js/sealed/client/bulletins.js';
import { requireMediaAllowed } from '../../../static/js/sealed/client/files.js';
import { pixels } from '../../../static/js/sealed/client/images.js';
import { LocalIndex } from '../../../static/js/sealed/client/local_index.js';
import { isDoubtful } from '../../../static/js/sealed/pages/identifiers.js';

const { fromHex, hex } = core.bytes;

/** Bodies name what they answer by bytes. */
const asRead = (messages) => messages.map(({ body, ...rest }) =>
  ({ ...rest, body: body && { ...body, re: body.re && fromHex(body.re) } }));

/** The bulletins of each of these rooms, by their first version. */
export const bulletins = (rooms) => rooms.map((messages) => {
  const found = [...bulletinsOf(asRead(messages))], versions = Map.groupBy(found, ([, { first }]) => first);
  return [...new Map(found.map(([, one]) => [one.first, one])).values()].map((one) =>
    ({ ...one, versions: versions.get(one.first).map(([lhash]) => lhash) }));
});

export const states = (message, bulletin, { read, ...reader }) => statesOf(message, bulletin, { ...reader, read: new Set(read) });

export const doubtful = isDoubtful;

export function mediaRefused(body, files) {
  try {
    requireMediaAllowed(body, files);
  } catch ({ code }) {
    return code;
  }
  return null;
}

/** The size of what would be shown of these bytes, or the refusal. */
export async function shown(bytes) {
  try {
    const { width, height } = await pixels(new Blob([Uint8Array.from(bytes)], { type: 'image/png' }));
    return [width, height];
  } catch ({ code }) {
    return code;
  }
}

let owner;

const uid = hex(new Uint8Array(16).fill(7)), gid = hex(new Uint8Array(16).fill(9));

/** A fresh opening of the index on this device, under one account key or another. */
export async function index({ key = 1, enrolled = true } = {}) {
  const indexKey = await core.keyset.indexKey(new Uint8Array(32).fill(key));
  owner = new LocalIndex({ uid, id: fromHex(uid), indexKey, indexDevice: enrolled ? new Uint8Array(16) : undefined });
  const { words, read } = await owner.of(gid);
  return { words: words.size, read: [...read] };
}

export const take = (messages) => owner.take(gid, messages);
export const mark = (lhashes) => owner.markRead(gid, lhashes);
export const forget = () => owner.forget(gid);
export const find = (words) => owner.find(words);
