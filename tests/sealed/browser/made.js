/** Objects made here for the other client to verify and open. Byte strings leave as base64url. */

import * as core from '../../../static/js/sealed/core.js';

const { fromBase64url: bytes, toBase64url: text } = core.base64url;
const { hex, utf8 } = core.bytes;
const { writeGroupLink, writeLink } = core.authoring;
const AT = 1_790_000_000;

/** A network with one administration and two officers; what was told, in order. */
class Network {
  directory = new core.directory.Directory();
  told = [];
  at = AT;

  async tell(kind, after, op, ...signers) {
    const raw = await writeLink(kind, after, [op], signers, this.at++);
    await this.directory.apply(kind, raw);
    this.told.push([kind, text(raw)]);
    return core.links.readLink(raw, kind, { net: core.net, adm: core.adm, usr: core.usr }[kind].OPS);
  }

  async founded() {
    this.root = await core.keys.keysOf(core.keys.newSeed());
    this.seat = await core.keys.keysOf(core.keys.newSeed());
    const net = await this.tell('net', null, ['new', { pubs: [this.root.public.asMap()], th: 1 }], this.root);
    const pubs = [this.seat.public.asMap()], seat = { cc: 'FR', name: 'Customs of FR' };
    this.adm = await this.tell('adm', null, ['new', { ...seat, pubs, th: 1 }], this.seat);
    const [a, gh] = [core.links.chainId(this.adm), this.adm.lhash];
    await this.tell('net', net, ['adm', { ...seat, a, gh, succ: null }], this.root);
    return this;
  }

  async officer(name) {
    const seed = core.keys.newSeed(), keys = await core.keys.keysOf(seed);
    const adm = core.links.chainId(this.adm);
    const op = ['new', { adm, gen: 1, name, pub: keys.public.asMap(), typ: 'officer' }];
    const genesis = await this.tell('usr', null, op, keys), uid = core.links.chainId(genesis);
    const { head } = this.directory.administrations.get(hex(adm));
    await this.tell('adm', head, ['cert', { u: uid, gh: genesis.lhash, typ: 'officer', name: null }], this.seat);
    return { uid, seed, keys };
  }

  async rotate(person) {
    const seed = core.keys.newSeed(), keys = await core.keys.keysOf(seed), old = person.keys;
    const { head } = this.directory.accounts.get(hex(person.uid));
    await this.tell('usr', head, ['rot', { gen: 2, pub: keys.public.asMap(), why: 'routine' }], old, keys);
    Object.assign(person, { seed, keys });
  }

  view(person) {
    const heads = {
      net: this.directory.net.head,
      adm: this.directory.administrations.get(hex(core.links.chainId(this.adm))).head,
      usr: this.directory.accounts.get(hex(person.uid)).head,
    };
    return Object.fromEntries(
      Object.entries(heads).map(([kind, { position }]) => [kind, core.links.positionAsList(position)]));
  }
}

/** A group of two, with one period, its wraps and its name; and what Bob posts in it, with a file. */
export async function group(file) {
  const network = await new Network().founded();
  const alice = await network.officer('Alice'), bob = await network.officer('Bob');
  await network.rotate(bob);
  const chain = new core.groupChain.GroupChain(), order = new core.messageOrder.MessageOrder();
  const links = [];
  const turn = async (ops) => {
    const seen = { view: network.view(alice), order: order.asList(), at: network.at++ };
    const raw = await writeGroupLink(chain.now.head, ops, [{ account: alice.uid, keys: alice.keys }], seen);
    await chain.extend(raw, network.directory);
    links.push(text(raw));
  };
  const home = core.links.chainId(network.adm);
  const add = ({ uid: u, keys: { kid } }, role, gen) => ['add', { u, role, gen, kid }];
  const policy = { hist: 'full', post: 'writer', mq: 1, maxage: 90, ret: 0, home };
  await turn([['pol', policy], add(alice, 'manager', 1), add(bob, 'writer', 2)]);
  const secret = core.epochs.newSecret(), gid = chain.id;
  const named = await core.sealing.seal(
    await core.epochs.epochKey(secret, gid, 1, 'meta'), ['comm/1/meta', gid, 1, 1], utf8('Reefers'));
  await turn([await core.epochs.epochOp(secret, gid, 1, chain.now.recipients(), null), ['meta', { ct: named }]]);
  const wraps = await Promise.all(chain.now.owed.map(({ n, account, kid }) => {
    const key = network.directory.accounts.get(hex(account)).keyOf(kid);
    return core.epochs.wrap(secret, gid, n, account, kid, key.x);
  }));
  core.wraps.requireExactly(wraps, gid, chain.now.owed);
  const { message, parts } = await posted(chain, order, network, bob, secret, file);
  return {
    told: network.told,
    links,
    wraps: wraps.map((wrap) => text(wrap.encoded())),
    bob: { uid: text(bob.uid), seed: text(bob.seed) },
    secret: text(secret),
    message: text(message.signed.raw),
    ct: text(message.ct),
    parts: parts.map(text),
  };
}

async function posted(chain, order, network, author, secret, { size, body }) {
  const content = Uint8Array.from({ length: size }, (_, at) => at * 7);
  const sealer = new core.attachments.Sealer(chain.id, new Blob([content]), 'x-ray.png', 'image/png'), parts = [];
  for await (const part of sealer.parts()) parts.push(part);
  const { descriptor } = sealer;
  const header = {
    g: chain.id,
    n: 1,
    m: core.sealedMessages.newId(),
    by: { kid: author.keys.kid, u: author.uid },
    dev: core.sealedMessages.newId(),
    ctr: 0,
    prev: null,
    head: core.links.positionAsList(chain.now.head.position),
    ml: order.asList(),
    vw: network.view(author),
    at: network.at,
    att: [[descriptor.aid, descriptor.csize]],
    del: [],
    pd: null,
    tl: null,
  };
  const said = { t: 'msg', body, files: [descriptor], re: null };
  const message = await core.sealedMessages.sealMessage(header, said, secret, author.keys);
  return { message, parts };
}

/** All ways of unlocking one account, its key store and its pins. */
export async function unlocking({ passphrase, secret, prf, held }) {
  const uid = core.sealedMessages.newId(), dev = core.sealedMessages.newId(), accountKey = core.keyset.newAccountKey();
  const { Stretching, deviceKey, newSalt, passkeyKey, passphraseKey, sealedSlot, slotPublic } = core.slots;
  const stretching = new Stretching(newSalt());
  const id = core.sealedMessages.newId();
  const mac = { name: 'HMAC', hash: 'SHA-512' };
  const kept = await crypto.subtle.importKey('raw', bytes(held), mac, false, ['sign']);
  const keys = {
    pass: await passphraseKey(passphrase, bytes(secret), stretching),
    passkey: await passkeyKey(bytes(prf)),
    device: await deviceKey(passphrase, kept, uid, id, dev, stretching),
  };
  const shapes = {
    pass: { id, kind: 'pass', rev: 1, ...stretching.asFields() },
    passkey: { id, kind: 'passkey', rev: 1, credential: utf8('credential') },
    device: { id, kind: 'device', rev: 1, dev, ...stretching.asFields() },
  };
  const slots = {};
  for (const [kind, slot] of Object.entries(shapes)) {
    const sealed = await sealedSlot(uid, slot, await slotPublic(keys[kind]), accountKey);
    slots[kind] = text(core.cbor.enc(sealed));
  }
  const seed = core.keys.newSeed();
  const listed = [{ id, kind: 'pass', x: await slotPublic(keys.pass) }];
  const keyset = new core.keyset.Keyset({ uid, rev: 3, seeds: new Map([[1, seed]]), slots: listed });
  const ct = await keyset.sealed(accountKey);
  const next = keyset.withNewSeed(ct);
  return {
    uid: text(uid),
    dev: text(dev),
    account_key: text(accountKey),
    slots,
    keyset: text(ct),
    next: text(await next.sealed(accountKey)),
    seed: text(seed),
    pins: text(await core.keyset.sealPins(accountKey, uid, dev, { net: [3, new Uint8Array(32)] })),
  };
}

/** What an enrolled browser posts for this request. */
export const answered = async ({ request, code, now, auk }) => text(await core.linking.answer(
  bytes(request), code, now, { auk: bytes(auk), rev: 1, sk: null, pins: core.cbor.enc({}) }));

let asking = null;

/** A new browser asks. */
export async function asks(now) {
  const [uid, dev] = [core.sealedMessages.newId(), core.sealedMessages.newId()];
  asking = await core.linking.NewDevice.asking(uid, dev, now);
  return { request: text(asking.request), code: asking.code };
}

/** It receives what an enrolled device posted. */
export const receives = async (answer) => text((await asking.received(bytes(answer))).auk);

/** The text of a size sealed, and whether the same opens again, in pieces of an odd length too. */
export async function sealed(key, size) {
  const content = Uint8Array.from({ length: size }, (_, at) => at * 13 % 251), context = ['comm/1/test', size];
  const whole = await core.sealing.seal(bytes(key), context, content);
  const opener = new core.cobblestone.Decryptor(bytes(key), core.cbor.enc(context)), pieces = [];
  for (let at = 0; at < whole.length; at += 7777) pieces.push(await opener.update(whole.subarray(at, at + 7777)));
  pieces.push(await opener.finalize());
  return { sealed: text(whole), opens: core.bytes.same(core.bytes.joined(...pieces), content) };
}
