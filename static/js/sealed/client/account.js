/** One's own account at this browser: opened, unlocked, remembered (sealed-protocol §10). */

import { fromHex, hex, random, same, sha256 } from '../checks/bytes.js';
import { dec, enc } from '../checks/cbor.js';
import { read } from '../checks/signed.js';
import { crockford, inGroups, secretKeyText, secretKeyTyped } from '../checks/spoken_codes.js';
import { writeLink } from '../private/authoring.js';
import { keysOf, newSeed } from '../private/keys.js';
import { Keyset, newAccountKey, openKeyset, requireOwn, sealedSlots } from '../private/keyset.js';
import {
  Stretching, deviceKey, newHeldKey, newSalt, openSlot, passkeyKey, passphraseKey, slotPublic, stretchingOf,
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
    this.remembered = { chains: {}, orders: {} };
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

  /** Looks whether there is an account, and what this browser remembers of it. Refused: `fork`, `rollback`. */
  async find() {
    const store = await this.#server.keyStore();
    if (!store) return;
    this.uid = store.account;
    this.#seePasskeys(store.slots.map(dec));
    this.remembered = await recall(this.uid);
    await this.keepPins();
  }

  /** Holds the network against what was seen, and remembers what is new. Refused: `fork`, `rollback`. */
  async keepPins() {
    this.#network.holdAgainst(this.remembered);
    await remember(this.uid, this.remembered);
  }

  /**
   * Opens a new account; the Secret Key to print. Refused: `kdf`.
   * @param {{passphrase: string, name: string, adm: string}} given
   */
  async open({ passphrase, name, adm }) {
    if (passphrase.length < SHORTEST_PASSPHRASE) {
      throw new Refused(Code.KDF, `a passphrase has at least ${SHORTEST_PASSPHRASE} characters`);
    }
    const seed = newSeed(), keys = await keysOf(seed), secret = random(16), accountKey = newAccountKey();
    const op = { adm: fromHex(adm), gen: 1, name: name.normalize('NFC'), pub: asMap(keys.public), typ: 'officer' };
    const raw = await writeLink('usr', null, [['new', op]], [keys]);
    const id = read(raw).lhash.slice(0, 16);
    const held = { dev: random(16), key: await newHeldKey() };
    const { slots, entries } = await this.#ways(id, { passphrase, secret, held });
    const keyset = new Keyset({ uid: id, rev: 1, seeds: new Map([[1, seed]]), slots: entries });
    const ct = await keyset.sealed(accountKey);
    const store = { rev: 1, ct, slots: (await sealedSlots(keyset, slots, accountKey)).map(enc) };
    this.remembered = { chains: {}, orders: {}, held, keyset: [1, hex(sha256(ct))] };
    // What this device adds is kept before anything is sent: whoever is interrupted here unlocks by his passphrase.
    await remember(hex(id), this.remembered);
    // The account and its key store in one act: a line that breaks leaves both or neither.
    await this.#server.tell('usr', raw, storeDocument(store, null));
    await this.#network.follow();
    this.uid = hex(id);
    if (!this.#network.directory.accounts.has(this.uid)) {
      throw new Refused(Code.ROLLBACK, 'the server does not show the new account');
    }
    await this.keepPins();
    await this.#take(keyset);
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
    const slots = store.slots.map(dec);
    const { held } = this.remembered;
    const device = held && slots.find((slot) => slot.kind === 'device' && same(slot.dev, held.dev));
    const pass = slots.find(({ kind }) => kind === 'pass');
    let accountKey;
    if (passkey) {
      const slot = slots.find((one) => one.kind === 'passkey' && same(one.credential, passkey.credential));
      if (!slot) throw new Refused(Code.SEALED, 'this passkey does not belong to the account');
      accountKey = await openSlot(this.id, slot, await passkeyKey(passkey.output));
    } else if (device && !secretKey) {
      const key = await deviceKey(passphrase, held.key, this.id, device.id, held.dev, stretchingOf(device));
      accountKey = await openSlot(this.id, device, key);
    } else {
      if (!pass) throw new Refused(Code.KEYSET, 'there is no passphrase');
      const key = await passphraseKey(passphrase, secretKeyTyped(secretKey), stretchingOf(pass));
      accountKey = await openSlot(this.id, pass, key);
    }
    const keyset = await openKeyset(accountKey, this.id, store.rev, store.ct);
    const [rev, hash] = this.remembered.keyset ?? [];
    const pinned = rev === undefined ? null : { rev, hash: fromHex(hash) };
    await requireOwn(keyset, this.#network.directory.accounts.get(this.uid), { pinned, ct: store.ct });
    this.remembered.keyset = [store.rev, hex(sha256(store.ct))];
    await this.keepPins();
    await this.#take(keyset);
  }

  /**
   * Lets a passkey open the account: a new account key, sealed anew for every way of unlocking.
   * @param {{credential: Uint8Array, output: Uint8Array}} passkey its id, and what it answers to the protocol's constant
   */
  async addPasskey({ credential, output }) {
    const store = await this.#server.keyStore();
    const slots = store.slots.map(dec).map(({ ct: _, ...slot }) => slot);
    const slot = { id: random(16), kind: 'passkey', credential };
    const entry = { id: slot.id, kind: slot.kind, x: await slotPublic(await passkeyKey(output)) };
    const keyset = this.keyset.next(store.ct, { slots: [...this.keyset.slots, entry] });
    const accountKey = newAccountKey(), ct = await keyset.sealed(accountKey);
    const sealed = (await sealedSlots(keyset, [...slots, slot], accountKey)).map(enc);
    await this.#server.putKeyStore({ rev: keyset.rev, ct, slots: sealed }, sha256(store.ct));
    this.remembered.keyset = [keyset.rev, hex(sha256(ct))];
    this.#seePasskeys([...slots, slot]);
    await this.keepPins();
    await this.#take(keyset);
  }

  /**
   * Everything was lost: a fresh key, ready to take the account over once the contact point ordered it. What is kept
   * until then is sealed under the new passphrase. The new Secret Key to print, and the code to tell. Refused: `kdf`.
   * @param {{passphrase: string}} given
   */
  async prepareReset({ passphrase }) {
    if (passphrase.length < SHORTEST_PASSPHRASE) {
      throw new Refused(Code.KDF, `a passphrase has at least ${SHORTEST_PASSPHRASE} characters`);
    }
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
    await this.#network.follow();
    await this.keepPins();
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
    if (why === 'lost' && passphrase.length < SHORTEST_PASSPHRASE) {
      throw new Refused(Code.KDF, `a passphrase has at least ${SHORTEST_PASSPHRASE} characters`);
    }
    const store = await this.#server.keyStore();
    const before = this.keyset;
    const seed = newSeed(), keys = await keysOf(seed), accountKey = newAccountKey(), secret = random(16);
    const gen = Math.max(...before.seeds.keys()) + 1;
    const held = { dev: random(16), key: await newHeldKey() };
    const { slots: ways, entries } = await this.#ways(this.id, { passphrase, secret, held });
    const keyset = before.next(store.ct, { seeds: new Map(before.seeds).set(gen, seed), slots: entries });
    const ct = await keyset.sealed(accountKey);
    const slots = (await sealedSlots(keyset, ways, accountKey)).map(enc);
    const { head } = this.#network.directory.accounts.get(this.uid);
    const raw = await writeLink('usr', head, [['rot', { gen, pub: asMap(keys.public), why }]], [this.newest, keys]);
    await this.#server.tell('usr', raw, storeDocument({ rev: keyset.rev, ct, slots }, sha256(store.ct)));
    this.remembered.held = held;
    this.#seePasskeys(ways);
    this.remembered.keyset = [keyset.rev, hex(sha256(ct))];
    await this.#network.follow();
    await this.keepPins();
    await this.#take(keyset);
    return secretKeyText(secret);
  }

  /**
   * The slots of a passphrase with Secret Key and of this device, with what the account key is sealed to for each.
   * @param {Uint8Array} id
   * @param {{passphrase: string, secret: Uint8Array, held: {dev: Uint8Array, key: CryptoKey}}} known
   */
  async #ways(id, { passphrase, secret, held }) {
    const pass = { id: random(16), kind: 'pass', ...new Stretching(newSalt()).asFields() };
    const device = { id: random(16), kind: 'device', dev: held.dev, ...new Stretching(newSalt()).asFields() };
    const keys = [
      await passphraseKey(passphrase, secret, stretchingOf(pass)),
      await deviceKey(passphrase, held.key, id, device.id, held.dev, stretchingOf(device)),
    ];
    const slots = [pass, device];
    const entries = await Promise.all(slots.map(async ({ id: slot, kind }, at) =>
      ({ id: slot, kind, x: await slotPublic(keys[at]) })));
    return { slots, entries };
  }

  /** @param {Keyset} keyset */
  async #take(keyset) {
    this.keyset = keyset;
    this.keys = await keyset.allKeys();
    this.newest = await keyset.newest();
  }
}

/** @param {import('../checks/public_keys.js').PublicKey} pub */
export const asMap = ({ e, m, x }) => ({ e, m, x });
