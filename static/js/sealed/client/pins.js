/** What the devices of an account have seen, handed to each other through the server, sealed (sealed-protocol §10). */

import { fromHex, hex, sha256 } from '../checks/bytes.js';
import { dec, enc } from '../checks/cbor.js';
import { HASH, ID, closed, number, oneOf, row, several } from '../checks/schema.js';
import { openPins, sealPins } from '../private/keyset.js';
import { refusalOf } from './group.js';

/** @typedef {import('./group.js').Known} Known */
/** @typedef {Map<string, import('./room.js').Room>} Rooms */

const MOST = 5000;
const SHAPE = closed({
  v: oneOf(1),
  chains: several(row(oneOf('net', 'adm', 'usr', 'grp'), ID, number(), HASH), { most: MOST }),
  orders: several(row(ID, number(), HASH), { most: MOST }),
}, { codes: several(ID, { most: MOST }) });

/** The network, one's administration and account, each group and its order; codes that were compared. @param {Known} known */
export function seenHere({ network, own, seen }) {
  const adm = hex(network.directory.accounts.get(own.uid).adm);
  const wanted = new Set([`net ${hex(network.directory.net.id)}`, `adm ${adm}`, `usr ${own.uid}`]);
  const chains = [], orders = [], codes = [];
  for (const [name, [number, hash]] of seen.pins) {
    const [kind, id] = name.split(' ');
    if (kind === 'grp' || wanted.has(name)) chains.push([kind, fromHex(id), number, fromHex(hash)]);
    if (kind === 'ord') orders.push([fromHex(id), number, fromHex(hash)]);
    if (kind === 'code') codes.push(fromHex(id));
  }
  return { v: 1, chains: chains.slice(0, MOST), orders: orders.slice(0, MOST), codes };
}

let published = '';

/** Leaves for the other devices what this one has seen, and compares what they have. For when all rooms are followed. @param {Known} known @param {Rooms} rooms */
export async function exchangePins(known, rooms) {
  const { server, own } = known, { device, accountKey } = own, here = seenHere(known), said = `${own.uid}${hex(sha256(enc(here)))}`;
  for (const { dev, ct } of await server.pins()) {
    if (hex(dev) === hex(device)) continue;
    // Sealed under an account key from before, by a device that has not come back since: that is passed over.
    await refusalOf(async () => comparePins(known, rooms, dev, await openPins(accountKey, own.id, dev, ct)));
  }
  if (said !== published) await server.putPins(device, await sealPins(accountKey, own.id, device, here));
  published = said;
}

/** Contradictions are told. Refused: `schema`. @param {Known} known @param {Rooms} rooms @param {Uint8Array} dev @param {any} pins */
export function comparePins({ network, seen }, rooms, dev, pins) {
  SHAPE(pins, 'pins');
  const judge = (where, is, group) => {
    if (is) return;
    const [kind, said] = is === null ? ['rollback', 'more'] : ['fork', 'another history'];
    seen.report(kind, kind, { ...where, device: hex(dev) }, `another device of yours has seen ${said}`, [], group);
  };
  for (const [kind, id, seq, lhash] of pins.chains) {
    const chain = hex(id), group = kind === 'grp' ? chain : null;
    // A group that is not shown may have been left.
    if (group && !rooms.has(chain)) continue;
    const link = (group ? rooms.get(chain).group.chain.links : network.past.get(`${kind} ${chain}`) ?? [])[seq];
    judge({ kind, chain, seq }, link ? hex(link.lhash) === hex(lhash) : null, group);
  }
  for (const [id, i, mark] of pins.orders) {
    const chain = hex(id), known = rooms.get(chain)?.group.order;
    if (known) judge({ chain, i }, i > known.count ? null : hex(known.markAt(i)) === hex(mark), chain);
  }
  for (const adm of pins.codes ?? []) seen.pin(`code ${hex(adm)}`, [1]);
}

/** Pins as another device handed them over. Refused: `cbor`. @param {Uint8Array} encoded */
export const readHanded = (encoded) => dec(encoded);
