/** The published vectors, read as a stranger's client would read them; the sibling of tests/sealed/test_vectors.py. */

import * as core from '../../../static/js/sealed/core.js';

const { fromBase64url: bytes } = core.base64url;
const { fromHex, hex, same } = core.bytes;

/** The code with which this is refused; null when it is not. Anything else that is thrown is no answer. */
export async function codeOf(act) {
  try {
    await act();
    return null;
  } catch (error) {
    if (error instanceof core.Refused) return error.code;
    throw error;
  }
}

const text = (value) => core.base64url.toBase64url(value);

/** What two clients compare of a state. */
export const summary = (group) => ({
  id: text(group.id),
  n: group.n,
  members: [...group.members].sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([account, m]) => [text(fromHex(account)), m.role, m.gen, text(m.kid), m.suspended]),
  closed: group.closed,
  owed: group.owed.map(({ n, account, kid }) => [n, text(account), text(kid)]),
});

/** Plays a case and judges what stands at its end. */
export class Judge {
  constructor(pool) {
    this.raw = (value) => bytes(typeof value === 'string' ? value : pool[value.at]);
  }

  async directory(links) {
    const directory = new core.directory.Directory();
    for (const [kind, link] of links) await directory.apply(kind, this.raw(link));
    return directory;
  }

  async judge(entry) {
    const directory = await this.directory(entry.network), chain = new core.groupChain.GroupChain();
    if (entry.sort === 'network') {
      await directory.apply(entry.kind, this.raw(entry.raw));
      return null;
    }
    for (const link of entry.links) await chain.extend(this.raw(link), directory);
    if (entry.sort === 'group') return summary(await chain.extend(this.raw(entry.raw), directory));
    if (entry.sort === 'kept') {
      core.withdrawnKeys.requireClosedLinks(chain, entry.verified, directory);
      return null;
    }
    const order = new core.messageOrder.MessageOrder();
    for (const lhash of entry.lhashes) order.append(this.raw(lhash));
    const message = core.messages.readMessage(this.raw(entry.raw), this.raw(entry.ct));
    await core.messages.requireAdmissible(message, chain, directory);
    core.messages.requireTimely(message, entry.i, chain, order);
    core.withdrawnKeys.requireClosedMessage(message, entry.i, chain, directory);
    await core.sealedMessages.openMessage(message, this.raw(entry.secret));
    return null;
  }
}

/** Each vector that is not judged as it says, in a line of words; none when all is right. */
export async function misjudged(vectors) {
  const judge = new Judge(vectors.pool);
  const wrong = [];
  for (const entry of vectors.cases) {
    let after = null;
    const found = await codeOf(async () => { after = await judge.judge(entry); });
    if (found !== entry.refused) wrong.push(`${entry.name}: ${found}, not ${entry.refused}`);
    const another = entry.after && JSON.stringify(after) !== JSON.stringify(entry.after);
    if (another) wrong.push(`${entry.name}: another state`);
  }
  for (const [name, check] of Object.entries(PARTS)) {
    for (const line of await check(vectors, judge.raw)) wrong.push(`${name}: ${line}`);
  }
  return wrong;
}

/** Names of what does not hold. */
const failing = (claims) => Object.entries(claims).filter(([, holds]) => !holds).map(([name]) => name);

const PARTS = {
  async cbor({ cbor: { written, refused } }) {
    const { dec, enc } = core.cbor;
    const wrong = written.filter((one) => hex(enc(dec(fromHex(one)))) !== one);
    for (const [name, one] of Object.entries(refused)) {
      if (await codeOf(() => dec(fromHex(one))) !== 'cbor') wrong.push(name);
    }
    return wrong;
  },

  async padme({ padme }) {
    return Object.entries(padme).filter(([n, padded]) => core.sealing.padme(Number(n)) !== padded).map(([n]) => n);
  },

  async keys({ keys }) {
    const claims = {};
    for (const entry of keys) {
      const made = await core.keys.keysOf(bytes(entry.seed));
      for (const part of ['kid', 'e', 'm', 'x']) {
        claims[`${entry.seed} ${part}`] = same(made.public[part], bytes(entry[part]));
      }
    }
    return failing(claims);
  },

  async sealing({ sealing }, raw) {
    const claims = {};
    for (const { key, size, byte, context, sealed } of sealing) {
      const plain = await core.sealing.unseal(bytes(key), core.cbor.dec(bytes(context)), raw(sealed));
      claims[size] = plain.length === size && plain.every((one) => one === byte);
    }
    return failing(claims);
  },

  async periods({ periods }, raw) {
    const gid = bytes(periods.gid), [one, two] = periods.commits.map(bytes);
    const first = { n: 1, commit: one, backs: [] }, second = { n: 2, commit: two, backs: [bytes(periods.back)] };
    const keys = await core.keys.keysOf(bytes(periods.seed));
    const wraps = periods.wraps.map((wrap) => core.wraps.readWrap(raw(wrap)));
    const known = new Map([[hex(keys.kid), keys]]);
    const secret = await core.epochs.unwrap(wraps, second, gid, bytes(periods.account), known);
    const claims = {
      forwards: same(secret, bytes(periods.secrets[1])),
      backwards: same(await core.epochs.stepBack(secret, second, first, gid), bytes(periods.secrets[0])),
    };
    for (const [label, key] of Object.entries(periods.labels)) {
      claims[label] = same(await core.epochs.epochKey(secret, gid, 2, label), bytes(key));
    }
    return failing(claims);
  },

  async files({ files }, raw) {
    const claims = {}, { PART, openFile } = core.attachments;
    for (const entry of files) {
      const { aid, key, ph, ...rest } = entry.descriptor;
      const descriptor = { ...rest, aid: bytes(aid), key: bytes(key), ph: bytes(ph) };
      const sealed = raw(entry.sealed), parts = [];
      for (let at = 0; at < sealed.length; at += PART) parts.push(sealed.slice(at, at + PART));
      const file = new Uint8Array(await (await openFile(bytes(entry.gid), descriptor, parts)).arrayBuffer());
      claims[rest.size] = same(core.bytes.sha256(file), bytes(entry.sha256));
    }
    return failing(claims);
  },

  async unlocking({ unlocking }) {
    const { deviceKey, openSlot, passkeyKey, passphraseKey, stretchingOf } = core.slots;
    const uid = bytes(unlocking.uid), secret = bytes(unlocking.secret), accountKey = bytes(unlocking.account_key);
    const { pass, passkey, device } = Object.fromEntries(
      Object.entries(unlocking.slots).map(([kind, slot]) => [kind, core.cbor.dec(bytes(slot))]));
    const mac = { name: 'HMAC', hash: 'SHA-512' };
    const held = await crypto.subtle.importKey('raw', bytes(unlocking.held), mac, false, ['sign']);
    const words = unlocking.passphrase;
    const keys = {
      pass: await passphraseKey(words, secret, stretchingOf(pass)),
      passkey: await passkeyKey(bytes(unlocking.prf)),
      device: await deviceKey(words, held, uid, device.id, device.dev, stretchingOf(device)),
    };
    const claims = {
      printed: core.spokenCodes.secretKeyText(secret) === unlocking.secret_text,
      typed: same(core.spokenCodes.secretKeyTyped(unlocking.secret_text), secret),
      'pins key': same(await core.keyset.pinsKey(accountKey), bytes(unlocking.pins_key)),
    };
    for (const [kind, slot] of Object.entries({ pass, passkey, device })) {
      claims[`key of ${kind}`] = same(keys[kind], bytes(unlocking.keys[kind]));
      claims[kind] = same(await openSlot(uid, slot, keys[kind]), accountKey);
    }
    const { rev, ct, seed } = unlocking.keyset;
    const keyset = await core.keyset.openKeyset(accountKey, uid, rev, bytes(ct));
    claims.keyset = keyset.seeds.size === 1 && same(keyset.seeds.get(1), bytes(seed));
    return failing(claims);
  },

  async linking({ linking }) {
    const { NewDevice, answer } = core.linking;
    const { secret: opener } = await core.wing.wingPair(bytes(linking.seed));
    const [uid, dev, secret, request] = ['uid', 'dev', 'secret', 'request'].map((name) => bytes(linking[name]));
    const device = new NewDevice(uid, dev, opener, secret, request);
    const handed = { auk: bytes(linking.account_key), rev: 1, sk: null, pins: core.bytes.NONE };
    const ours = await answer(request, linking.code, 1_790_000_000, handed);
    return failing({
      code: device.code === linking.code,
      theirs: same((await device.received(bytes(linking.answer))).auk, handed.auk),
      ours: same((await device.received(ours)).auk, handed.auk),
    });
  },

  async bodies({ bodies }) {
    const claims = {};
    for (const { name, body, refused } of bodies) {
      claims[name] = await codeOf(() => core.bodies.readBody(bytes(body))) === refused;
    }
    return failing(claims);
  },

  async codes({ administration_code: said, leaves }) {
    const { chainLeaf, leafHash, messageLeaf } = core.leaves, zero = new Uint8Array(16), lhash = bytes(leaves.lhash);
    const written = [chainLeaf('usr', zero, 3, lhash), chainLeaf('grp', zero, 3, lhash), messageLeaf(zero, 7, lhash)];
    return failing({
      administration: core.spokenCodes.administrationCode(bytes(said.genesis)) === said.code,
      leaves: written.every((leaf, place) => same(leafHash(leaf), bytes(leaves.hashes[place]))),
    });
  },
};
