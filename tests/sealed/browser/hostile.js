/**
 * What others may send, and worse: whatever it is, it is refused by a code or read, and never ends in another error.
 */

import * as core from '../../../static/js/sealed/core.js';
import { Judge } from './vectors.js';

const { fromBase64url: bytes } = core.base64url;

/** The same numbers at each run. @param {number} seed */
function dice(seed) {
  let state = seed;
  return (sides) => {
    state = Math.imul(state ^ state >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return ((state ^ state >>> 13) >>> 0) % sides;
  };
}

const anyBytes = (roll, most) => Uint8Array.from({ length: roll(most) }, () => roll(256));

/** These bytes with one of the things done to them that happen to bytes. */
function spoiled(roll, data) {
  const out = data.slice(), at = roll(out.length || 1);
  const ways = [
    () => { out[at] ^= 1 << roll(8); return out; },
    () => out.slice(0, at),
    () => core.bytes.joined(out, anyBytes(roll, 9)),
    () => { out[at] = [0x00, 0x1b, 0x5f, 0x7f, 0x9f, 0xbf, 0xc0, 0xf5, 0xf6, 0xff][roll(10)]; return out; },
    () => core.bytes.joined(out.subarray(0, at), out.subarray(at + 1 + roll(5))),
    () => core.bytes.joined(out.subarray(0, at), anyBytes(roll, 5), out.subarray(at)),
  ];
  return ways[roll(ways.length)]();
}

const LEAVES = [
  0, -1, 1.5, NaN, 2 ** 53, true, false, null, undefined, '', 'msg', '\ud800', 'é', 5n, Symbol.iterator,
];

/** A value of no particular kind, as a decoder or another script may hand it over. */
function anything(roll, depth = 0) {
  const kind = roll(depth > 3 ? 2 : 6);
  if (kind === 0 || (depth === 0 && roll(3) === 0)) return LEAVES[roll(LEAVES.length)];
  if (kind === 1) return new Uint8Array([0, 5, 16, 32, 64, 1168, 1216][roll(7)]);
  if (kind === 2) return Array.from({ length: roll(5) }, () => anything(roll, depth + 1));
  if (kind === 3) return new Date(0);
  const names = ['k', 't', 'g', 'u', 'kind', 'id', 'x', 'ops', '__proto__', 'constructor', '10', 'body', 'files', 'ct'];
  const entry = () => [names[roll(names.length)], anything(roll, depth + 1)];
  return Object.fromEntries(Array.from({ length: roll(8) }, entry));
}

/** A value like this one, with something else in one place. */
function altered(roll, value) {
  const leaf = typeof value !== 'object' || value === null || value instanceof Uint8Array;
  if (leaf || roll(6) === 0) return anything(roll);
  if (Array.isArray(value)) {
    const out = [...value], at = roll(out.length + 1);
    out[at] = at < value.length ? altered(roll, out[at]) : anything(roll);
    return out;
  }
  const names = Object.keys(value), out = { ...value };
  const name = roll(8) ? names[roll(names.length || 1)] ?? 'x' : '10';
  if (roll(5)) out[name] = altered(roll, out[name]);
  else delete out[name];
  return out;
}

/** Each answer that is neither a value nor a refusal, in words; none when all is well. */
export async function hostile(vectors, rounds) {
  const roll = dice(20_26), wrong = new Set(), { raw } = new Judge(vectors.pool);
  const directory = await new Judge(vectors.pool).directory(vectors.cases.find((entry) => entry.links).network);
  const plain = vectors.cases.find(({ sort, refused }) => sort === 'message' && refused === null);
  const home = await new Judge(vectors.pool).directory(plain.network);
  const chain = new core.groupChain.GroupChain(), order = new core.messageOrder.MessageOrder();
  for (const link of plain.links) await chain.extend(raw(link), home);
  for (const lhash of plain.lhashes) order.append(raw(lhash));
  const begun = new core.groupChain.GroupChain();
  for (const link of plain.links.slice(0, 1)) await begun.extend(raw(link), home);

  const attempt = async (name, act) => {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof core.Refused)) wrong.add(`${name}: ${error?.stack ?? error}`.slice(0, 300));
    }
  };
  const links = vectors.cases.flatMap((entry) => [...(entry.links ?? []).slice(1), ...entry.network.slice(-1).flat(1)])
    .filter((entry) => typeof entry === 'object').map(raw);
  const key = new Uint8Array(32), uid = new Uint8Array(16);
  const keys = await core.keys.keysOf(key);
  const slots = Object.values(vectors.unlocking.slots).map((slot) => core.cbor.dec(bytes(slot)));
  const bodies = vectors.bodies.map(({ body }) => core.cbor.dec(bytes(body)));
  const periods = vectors.periods, gid = bytes(periods.gid);
  const epoch = { n: 2, commit: bytes(periods.commits[1]), backs: [bytes(periods.back)] };
  const device = await core.linking.NewDevice.asking(uid, uid, 0);
  const [message, ct] = [raw(plain.raw), raw(plain.ct)];
  const content = core.messages.readMessage(message, ct).content;

  // What is signed rightly and says what it likes.
  const signedBy = (value) => core.keys.sign(value, keys);
  const judged = (candidate, sealed) => placed(core.messages.readMessage(candidate, sealed));
  const placed = async (read) => {
    core.messages.requireTimely(read, roll(9), chain, order);
    core.withdrawnKeys.requireClosedMessage(read, roll(9), chain, home);
    await core.messages.requireAdmissible(read, chain, home);
  };
  const targets = {
    dec: () => core.cbor.dec(roll(2) ? anyBytes(roll, 40) : spoiled(roll, links[roll(links.length)])),
    'dec of no bytes': () => core.cbor.dec(anything(roll)),
    enc: () => core.cbor.enc(anything(roll)),
    base64url: () => bytes(roll(2) ? anything(roll) : String.fromCharCode(...anyBytes(roll, 9))),
    envelope: () => core.signed.read(spoiled(roll, links[roll(links.length)])),
    directory: () => directory.apply(['net', 'adm', 'usr', 'x'][roll(4)], spoiled(roll, links[roll(links.length)])),
    'directory, no bytes': () => directory.apply(['net', 'adm', 'usr'][roll(3)], anything(roll)),
    group: () => chain.extend(spoiled(roll, links[roll(links.length)]), home),
    'group, begun': () => begun.extend(links[roll(links.length)], home),
    'group, no bytes': () => chain.extend(anything(roll), home),
    message: () => judged(spoiled(roll, message), ct),
    'message, purged': () => judged(spoiled(roll, message), null),
    'message, other ciphertext': () => judged(message, roll(2) ? anything(roll) : spoiled(roll, ct)),
    'message, elsewhere': () => {
      const head = [roll(5), roll(2) ? content.head[1] : key], ml = [roll(5), roll(2) ? content.ml[1] : key];
      return placed(new core.messages.Message(core.signed.read(message), { ...content, head, ml }, ct));
    },
    wrap: () => core.wraps.readWrap(spoiled(roll, raw(periods.wraps[0]))),
    'wrap, a map': () => core.wraps.WRAP(altered(roll, core.cbor.dec(raw(periods.wraps[0]))), 'wrap'),
    body: () => core.bodies.readBody(spoiled(roll, bytes(vectors.bodies[roll(vectors.bodies.length)].body))),
    'body, a map': () => core.bodies.requireBody(altered(roll, bodies[roll(bodies.length)])),
    'body, written': () => core.bodies.writeBody(altered(roll, bodies[roll(bodies.length)])),
    'public key': () => core.publicKeys.publicKey(altered(roll, keys.public.asMap())),
    unpad: () => core.sealing.unpad(roll(2) ? anything(roll) : anyBytes(roll, 1200)),
    unseal: () => core.sealing.unseal(key, ['x'], roll(2) ? anything(roll) : anyBytes(roll, 200)),
    'unseal, spoiled': () => core.sealing.unseal(key, ['x'], spoiled(roll, ct)),
    slot: () => core.slots.requireSlot(altered(roll, slots[roll(slots.length)])),
    'typed letters': () => core.spokenCodes.fromCrockford(roll(2) ? anything(roll) : crooked(roll), 5),
    'typed key': () => core.spokenCodes.secretKeyTyped(roll(2) ? anything(roll) : `C1-${crooked(roll)}`),
    answer: () => core.linking.answer(roll(2) ? anything(roll) : spoiled(roll, device.request), device.code, 0, {}),
    'answer, code': () => core.linking.answer(device.request, roll(2) ? anything(roll) : crooked(roll), 0, {}),
    policy: () => core.grp.OPS.pol(anything(roll), 'pol'),
  };
  const slow = {
    'open slot': () => core.slots.openSlot(uid, altered(roll, slots[roll(slots.length)]), key),
    'open own': () => core.sealing.unsealOwn(keys.opener, ['x'], roll(2) ? anything(roll) : new Uint8Array(1168)),
    unwrap: () => {
      const wraps = [new core.wraps.Wrap(gid, 2, uid, keys.kid, anyBytes(roll, 1300))];
      return core.epochs.unwrap(wraps, epoch, gid, uid, new Map([[keys.public.name, keys]]));
    },
    'step back': () => core.epochs.stepBack(key, epoch, { n: 1, commit: key }, gid),
    'received answer': () => device.received(roll(2) ? anything(roll) : anyBytes(roll, 1300)),
    keyset: () => core.keyset.openKeyset(key, uid, 1, roll(2) ? anything(roll) : anyBytes(roll, 300)),
    pins: () => core.keyset.openPins(key, uid, uid, anything(roll)),
    'seal to': () => core.sealing.sealTo(new Uint8Array(1216).fill(255), ['x'], key),
    'message that says what it likes': async () => judged(await signedBy(altered(roll, content)), null),
    'link that says what it likes': async () => {
      const said = core.signed.read(links[roll(links.length)]).content();
      const raw = await signedBy({ ...altered(roll, said), k: said.k });
      await (said.k === 'grp' ? begun.extend(raw, home) : directory.apply(said.k, raw));
    },
    file: () => {
      const descriptor = { ...file(vectors.files[0]), ...brokenFile(roll) };
      return core.attachments.openFile(gid, descriptor, [anyBytes(roll, 99)]);
    },
    'file, no parts': () => core.attachments.openFile(gid, file(vectors.files[1]), [anything(roll)]),
  };
  for (let round = 0; round < rounds; round++) {
    for (const [name, act] of Object.entries(targets)) await attempt(name, act);
    if (round % 10 === 0) for (const [name, act] of Object.entries(slow)) await attempt(name, act);
  }
  let deep = null;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  await attempt('enc, deep', () => core.cbor.enc(deep));
  await attempt('dec, deep', () => core.cbor.dec(new Uint8Array(1 << 20).fill(0x81)));
  return [...wrong];
}

const crooked = (roll) => Array.from({ length: roll(40) }, () => 'ABC012OIL-Uß \ud800'[roll(15)] ?? '').join('');

function file({ descriptor }) {
  const { aid, key, ph, ...rest } = descriptor;
  return { ...rest, aid: bytes(aid), key: bytes(key), ph: bytes(ph) };
}

/** Fields of a descriptor as its schema lets them through. */
const brokenFile = (roll) => [
  { size: roll(2000) },
  { csize: 1 + roll(3000) },
  { ph: new Uint8Array(32 * roll(3)) },
  { key: anyBytes(roll, 40) },
  {},
][roll(5)];
