/** One's own account at this browser: opened, unlocked, remembered (sealed-protocol §10). */

import { fromHex, hex, random, same, sha256 } from '../checks/bytes.js';
import { dec, enc } from '../checks/cbor.js';
import { read } from '../checks/signed.js';
import { crockford, inGroups, secretKeyText, secretKeyTyped } from '../checks/spoken_codes.js';
import { writeLink } from '../private/authoring.js';
import { keysOf, newSeed } from '../private/keys.js';
import { Keyset, indexKey, newAccountKey, openKeyset, requireOwn, sealedSlots } from '../private/keyset.js';
import {
  Stretching, deviceKey, newHeldKey, newSalt, openSlot, passkeyKey, passphraseKey, requireSlot, slotPublic, stretchingOf,
} from '../private/slots.js';
import { Code, Refused } from '../refusals.js';
import { recall, remember } from './memory.js';
import { storeDocument } from './server.js';

/** @typedef {import('./network.js').Network} Network */
/** @typedef {import('./server.js').Server} Server */

export const SHORTEST_PASSPHRASE = 12;

export class OwnAccount {
  #server;
  #network;
  /** As it was unlocked. @type {{ct: Uint8Array, slots: Record<string, any>[]}} */
  #store;
  /** @type {Uint8Array} */
  accountKey;

  /** @param {Server} server @param {Network} network */
  constructor(server, network) {
    this.#server = server;
    this.#network = network;
    /** In hexadecimal; empty before it was opened. */
    this.uid = '';
    /** @type {Map<string, import('../private/keys.js').Keys>} by kid; empty while locked */
    this.keys = new Map();
    /** @type {import('../private/keys.js').Keys | null} */
    this.newest = null;
    /** Credentials of passkeys that open the account. @type {Uint8Array[]} */
    this.passkeys = [];
    /** A fresh device for each start, so that no two tabs count together. */
    this.dev = random(16);
    /** @type {import('./memory.js').Remembered} */
    this.remembered = {};
  }

  get id() {
    return fromHex(this.uid);
  }

  get unlocked() {
    return this.newest !== null;
  }

  /** Whether the passphrase alone opens here, since this device adds its part. */
  get isRememberedHere() {
    return Boolean(this.remembered.held);
  }

  /** Looks whether there is an account, and what this browser remembers of it, before the network is followed. */
  async find() {
    const store = await this.#server.keyStore();
    if (!store) return;
    this.uid = this.#network.own = store.account;
    this.#seePasskeys(slotsOf(store));
    this.remembered = await recall(this.uid);
    await this.#network.seen.belongTo(this.uid);
  }

  /** Remembers what is new. */
  async #keep() {
    await remember(this.uid, this.remembered);
  }

  /**
   * Opens a new account; the Secret Key to print. Refused: `kdf`.
   * @param {{passphrase: string, name: string, adm: string}} given
   */
  async open({ passphrase, name, adm }) {
    requireLong(passphrase);
    const seed = newSeed(), keys = await keysOf(seed), secret = random(16), accountKey = newAccountKey();
    const op = { adm: fromHex(adm), gen: 1, name: name.normalize('NFC'), pub: asMap(keys.public), typ: 'officer' };
    const raw = await writeLink('usr', null, [['new', op]], [keys]);
    const id = read(raw).lhash.slice(0, 16);
    const held = { dev: random(16), key: await newHeldKey() };
    const { slots, entries } = await this.#ways(id, { passphrase, secret, held });
    const keyset = new Keyset({ uid: id, rev: 1, seeds: new Map([[1, seed]]), slots: entries });
    const ct = await keyset.sealed(accountKey);
    const sealed = await sealedSlots(keyset, slots, accountKey), store = { rev: 1, ct, slots: sealed.map(enc) };
    this.remembered = { held, keyset: [1, hex(sha256(ct))] };
    // What this device adds is kept before anything is sent: whoever is interrupted here unlocks by his passphrase.
    await remember(hex(id), this.remembered);
    // The account and its key store in one act: a line that breaks leaves both or neither.
    await this.#server.tell('usr', raw, storeDocument(store, null));
    await this.#network.follow();
    this.uid = this.#network.own = hex(id);
    if (!this.#network.directory.accounts.has(this.uid)) {
      throw new Refused(Code.ROLLBACK, 'the server does not show the new account');
    }
    await this.#network.seen.belongTo(this.uid);
    await this.#network.follow();
    await this.#enter(keyset, accountKey, ct, sealed);
    return secretKeyText(secret);
  }

  /**
   * Unlocks by a passkey, or by the passphrase with the Secret Key or with what this device adds. Refused: `sealed`
   * (wrong words or another passkey), `kdf`, `keyset`, `rollback`, `schema`.
   * @param {{passphrase?: string, secretKey?: string, passkey?: {credential: Uint8Array, output: Uint8Array}}} given
   */
  async unlock({ passphrase = '', secretKey = '', passkey }) {
    const store = await this.#server.keyStore();
    if (!store) throw new Refused(Code.KEYSET, 'the server has no key store of this account');
    const slots = slotsOf(store), { held } = this.remembered;
    const device = held && slots.find((slot) => slot.kind === 'device' && same(slot.dev, held.dev));
    let slot, key;
    if (passkey) {
      slot = slots.find((one) => one.kind === 'passkey' && same(one.credential, passkey.credential));
      key = () => passkeyKey(passkey.output);
    } else if (device && !secretKey) {
      slot = device;
      key = () => deviceKey(passphrase, held.key, this.id, device.id, held.dev, stretchingOf(device));
    } else {
      slot = slots.find(({ kind }) => kind === 'pass');
      key = () => passphraseKey(passphrase, secretKeyTyped(secretKey), stretchingOf(slot));
    }
    if (!slot) throw new Refused(Code.KEYSET, 'there is no such way of unlocking this account');
    await this.openWith(await openSlot(this.id, slot, await key()), store);
  }

  /**
   * The account behind this key store. Refused: `sealed`, `keyset`, `rollback`, `uncertified`.
   * @param {Uint8Array} accountKey
   * @param {import('./server.js').KeyStore} store
   */
  async openWith(accountKey, store) {
    const keyset = await openKeyset(accountKey, this.id, store.rev, store.ct);
    const [rev, hash] = this.remembered.keyset ?? [];
    const pinned = rev === undefined ? null : { rev, hash: fromHex(hash) };
    const account = this.#network.directory.accounts.get(this.uid), slots = slotsOf(store);
    if (!account) throw new Refused(Code.UNCERTIFIED, 'the directory does not know this account');
    await requireOwn(keyset, account, { pinned, ct: store.ct });
    const names = (list) => list.map(({ id, kind }) => `${hex(id)} ${kind}`).sort().join();
    if (names(slots) !== names(keyset.slots)) {
      throw new Refused(Code.KEYSET, 'other ways of unlocking than the key store names');
    }
    await this.#enter(keyset, accountKey, store.ct, slots);
  }

  /**
   * Lets a passkey open the account.
   * @param {{credential: Uint8Array, output: Uint8Array}} passkey its id, and what it answers to the protocol's constant
   */
  async addPasskey({ credential, output }) {
    await this.#addSlot({ id: random(16), kind: 'passkey', credential }, await passkeyKey(output));
  }

  /** Lets the passphrase alone open the account here from now on. Refused: `kdf`. @param {{passphrase: string}} given */
  async rememberHere({ passphrase }) {
    requireLong(passphrase);
    const held = { dev: this.device, key: await newHeldKey() }, { slot, key } = await this.#deviceSlot(this.id, passphrase, held);
    await this.#addSlot(slot, key, { held });
  }

  /**
   * A new account key, sealed anew for every way of unlocking, with this one.
   * @param {Record<string, any>} slot
   * @param {Uint8Array} key
   * @param {Record<string, any>} [remembered]
   */
  async #addSlot(slot, key, remembered = {}) {
    const entry = { id: slot.id, kind: slot.kind, x: await slotPublic(key) };
    await this.change({ slots: [...this.keyset.slots, entry] }, newAccountKey(), [...this.#store.slots, slot]);
    Object.assign(this.remembered, remembered);
    await this.#keep();
  }

  /**
   * Replaces the key store that was unlocked; another device that was faster is not overwritten (409 by the server).
   * @param {Record<string, any>} changes of the keyset
   * @param {Uint8Array} [accountKey]
   * @param {Record<string, any>[]} [ways]
   */
  async change(changes, accountKey = this.accountKey, ways = this.#store.slots) {
    const keyset = this.keyset.next(this.#store.ct, changes), ct = await keyset.sealed(accountKey);
    const slots = await sealedSlots(keyset, ways.map(({ ct: _, ...slot }) => slot), accountKey);
    await this.#server.putKeyStore({ rev: keyset.rev, ct, slots: slots.map(enc) }, sha256(this.#store.ct));
    await this.#enter(keyset, accountKey, ct, slots);
    await this.#requireReadBack();
  }

  /** A seed is forgotten only when the server gives back what was stored. Refused: `keyset`. */
  async #requireReadBack() {
    const store = await this.#server.keyStore();
    if (!store || !same(store.ct, this.#store.ct)) {
      throw new Refused(Code.KEYSET, 'the server does not give back what it took; leave this page open and try again');
    }
  }

  /**
   * Everything was lost: a fresh key, ready to take the account over once the contact point ordered it. What is kept
   * until then is sealed under the new passphrase. The new Secret Key to print, and the code to tell. Refused: `kdf`.
   * @param {{passphrase: string}} given
   */
  async prepareReset({ passphrase }) {
    requireLong(passphrase);
    const stands = await this.#server.keyStore(), chain = this.#network.directory.accounts.get(this.uid);
    const seed = newSeed(), keys = await keysOf(seed), secret = random(16), accountKey = newAccountKey();
    const gen = chain.newest.gen + 1, held = { dev: random(16), key: await newHeldKey() };
    const { slots, entries } = await this.#ways(this.id, { passphrase, secret, held });
    const seeds = new Map([[gen, seed]]), prev = sha256(stands.ct);
    const keyset = new Keyset({ uid: this.id, rev: stands.rev + 1, seeds, prev, slots: entries });
    const ct = await keyset.sealed(accountKey);
    const sealed = (await sealedSlots(keyset, slots, accountKey)).map(enc);
    const op = ['reset', { gen, pub: asMap(keys.public), why: 'everything lost' }];
    const raw = await writeLink('usr', chain.head, [op], [keys]);
    const store = storeDocument({ rev: keyset.rev, ct, slots: sealed }, prev);
    this.remembered.pending = { raw, store, held, kid: hex(keys.kid), keyset: [keyset.rev, hex(sha256(ct))] };
    await remember(this.uid, this.remembered);
    return secretKeyText(secret);
  }

  /** What a prepared reset waits for: its code, and whether the contact point ordered it. */
  get pendingReset() {
    const { pending } = this.remembered;
    if (!pending) return null;
    const { directory } = this.#network;
    const ordered = directory.resetsOf(directory.accounts.get(this.uid).adm, this.id).at(-1) === pending.kid;
    return { code: inGroups(crockford(fromHex(pending.kid))), ordered };
  }

  /** Takes the account over with the prepared key. Refused by the server while nobody ordered it. */
  async completeReset() {
    const { raw, store, held, keyset } = this.remembered.pending;
    await this.#server.tell('usr', raw, store);
    Object.assign(this.remembered, { held, keyset });
    delete this.remembered.pending;
    await this.#keep();
    await this.#network.follow();
  }

  /** @param {Record<string, any>[]} slots */
  #seePasskeys(slots) {
    this.passkeys = slots.filter(({ kind }) => kind === 'passkey').map(({ credential }) => credential);
  }

  /**
   * A new key, its store and slots in one act. Refused: `sealed` when the words are wrong.
   * @param {{why: 'routine' | 'lost', passphrase: string}} given
   */
  async rotate({ why, passphrase }) {
    if (why === 'lost') requireLong(passphrase);
    const before = this.keyset, replaced = this.#store.ct;
    const seed = newSeed(), keys = await keysOf(seed), accountKey = newAccountKey(), secret = random(16);
    const gen = Math.max(...before.seeds.keys()) + 1;
    const held = { dev: random(16), key: await newHeldKey() };
    const { slots: ways, entries } = await this.#ways(this.id, { passphrase, secret, held });
    const keyset = before.next(replaced, { seeds: new Map(before.seeds).set(gen, seed), slots: entries });
    const ct = await keyset.sealed(accountKey);
    const slots = await sealedSlots(keyset, ways, accountKey);
    const { head } = this.#network.directory.accounts.get(this.uid);
    const raw = await writeLink('usr', head, [['rot', { gen, pub: asMap(keys.public), why }]], [this.newest, keys]);
    await this.#server.tell('usr', raw, storeDocument({ rev: keyset.rev, ct, slots: slots.map(enc) }, sha256(replaced)));
    this.remembered.held = held;
    await this.#network.follow();
    await this.#enter(keyset, accountKey, ct, slots);
    await this.#requireReadBack();
    return secretKeyText(secret);
  }

  /**
   * The slots of a passphrase with Secret Key and of this device, with what the account key is sealed to for each.
   * @param {Uint8Array} id
   * @param {{passphrase: string, secret: Uint8Array, held: {dev: Uint8Array, key: CryptoKey}}} known
   */
  async #ways(id, { passphrase, secret, held }) {
    const pass = { id: random(16), kind: 'pass', ...new Stretching(newSalt()).asFields() };
    const device = await this.#deviceSlot(id, passphrase, held);
    const keys = [await passphraseKey(passphrase, secret, stretchingOf(pass)), device.key];
    const slots = [pass, device.slot];
    const entries = await Promise.all(slots.map(async ({ id: slot, kind }, at) =>
      ({ id: slot, kind, x: await slotPublic(keys[at]) })));
    return { slots, entries };
  }

  /** @param {Uint8Array} id @param {string} passphrase @param {{dev: Uint8Array, key: CryptoKey}} held */
  async #deviceSlot(id, passphrase, held) {
    const slot = { id: random(16), kind: 'device', dev: held.dev, ...new Stretching(newSalt()).asFields() };
    return { slot, key: await deviceKey(passphrase, held.key, id, slot.id, held.dev, stretchingOf(slot)) };
  }

  /** The device under which something may be kept here; none where the browser was not enrolled. */
  get indexDevice() {
    return this.remembered.held?.dev;
  }

  /** @param {Keyset} keyset @param {Uint8Array} accountKey @param {Uint8Array} ct @param {Record<string, any>[]} slots */
  async #enter(keyset, accountKey, ct, slots) {
    this.remembered.keyset = [keyset.rev, hex(sha256(ct))];
    await this.#keep();
    this.#store = { ct, slots };
    this.#seePasskeys(slots);
    this.accountKey = accountKey;
    this.indexKey = await indexKey(accountKey);
    this.keyset = keyset;
    this.keys = await keyset.allKeys();
    this.newest = await keyset.newest();
  }

  /** A generation or an end that this device did not make has to be told at once. */
  lookAtOwnChain() {
    const account = this.#network.directory.accounts.get(this.uid);
    if (!account || !this.newest || (!account.ended && same(account.newest.key.kid, this.newest.kid))) return;
    const { seq, signed } = account.head;
    this.#network.seen.report('not_by_me', Code.KEYSET, { kind: 'usr', chain: this.uid, seq }, '', [signed.raw]);
  }

  /** The name of this device, which stays. */
  get device() {
    this.remembered.device ??= this.remembered.held?.dev ?? random(16);
    return this.remembered.device;
  }
}

/** Refused: `kdf`. @param {string} passphrase */
function requireLong(passphrase) {
  if (passphrase.length >= SHORTEST_PASSPHRASE) return;
  throw new Refused(Code.KDF, `a passphrase has at least ${SHORTEST_PASSPHRASE} characters`);
}

/** Refused: `schema`, `newer`. @param {import('./server.js').KeyStore} store */
function slotsOf(store) {
  const slots = store.slots.map(dec);
  slots.forEach(requireSlot);
  return slots;
}

/** @param {import('../checks/public_keys.js').PublicKey} pub */
export const asMap = ({ e, m, x }) => ({ e, m, x });
