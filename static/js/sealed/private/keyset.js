/** The key store of an account: all its seeds under one account key, which each slot opens (sealed-protocol §10). */

import { random, same, sha256, hex } from '../checks/bytes.js';
import { dec, enc } from '../checks/cbor.js';
import { HASH, ID, TIME, closed, number, octets, oneOf, orNull, row, several, text } from '../checks/schema.js';
import { Code, Refused } from '../refusals.js';
import { derive, keysOf, newSeed } from './keys.js';
import { seal, unseal } from './sealing.js';
import { sealedSlot } from './slots.js';

/** @typedef {import('../checks/usr.js').Account} Account */
/** @typedef {import('./keys.js').Keys} Keys */

const SHAPE = closed({
  v: oneOf(1),
  uid: ID,
  rev: number(1),
  gens: several(row(number(1), octets(32)), { least: 1, most: 1000 }),
  prev: orNull(HASH),
  slots: several(closed({ id: ID, kind: oneOf('pass', 'passkey', 'device'), x: octets(1216) }), { most: 32 }),
  devs: several(row(ID, TIME, text({ least: 0 })), { most: 100 }),
});

export const newAccountKey = () => random(32);

/**
 * `seeds` by generation; `slots` hold id, kind and the public key to which the account key is sealed for each.
 * @typedef {object} Stored
 * @property {Uint8Array} uid
 * @property {number} rev
 * @property {Map<number, Uint8Array>} seeds
 * @property {Uint8Array | null} [prev] SHA-256 of the revision before, as it was sealed
 * @property {{id: Uint8Array, kind: string, x: Uint8Array}[]} [slots]
 * @property {[Uint8Array, number, string][]} [devices]
 */

export class Keyset {
  /** @param {Stored} stored */
  constructor({ uid, rev, seeds, prev = null, slots = [], devices = [] }) {
    this.uid = uid;
    this.rev = rev;
    this.seeds = seeds;
    this.prev = prev;
    this.slots = slots;
    this.devices = devices;
  }

  /** @returns {Promise<Keys>} */
  async newest() {
    const seed = this.seeds.get(Math.max(...this.seeds.keys()));
    if (!seed) throw new Refused(Code.KEYSET);
    return keysOf(seed);
  }

  /** By kid, for opening what was sealed to earlier generations. @returns {Promise<Map<string, Keys>>} */
  async allKeys() {
    const keys = await Promise.all([...this.seeds.values()].map(keysOf));
    return new Map(keys.map((one) => [hex(one.kid), one]));
  }

  /** @param {Uint8Array} accountKey */
  async sealed(accountKey) {
    const content = {
      v: 1,
      uid: this.uid,
      rev: this.rev,
      gens: [...this.seeds].sort(([a], [b]) => a - b),
      prev: this.prev,
      slots: this.slots,
      devs: this.devices,
    };
    return seal(accountKey, ['comm/1/keyset', this.uid, this.rev], enc(content));
  }

  /**
   * The revision after this one, which was stored as `ct`.
   * @param {Uint8Array} ct
   * @param {Partial<Stored>} [changes]
   */
  next(ct, changes = {}) {
    return new Keyset({ ...this, rev: this.rev + 1, prev: sha256(ct), ...changes });
  }

  /** @param {Uint8Array} ct */
  withNewSeed(ct) {
    return this.next(ct, { seeds: new Map(this.seeds).set(Math.max(...this.seeds.keys()) + 1, newSeed()) });
  }
}

/**
 * Refused: `sealed`, `cbor`, `schema`, `newer`, `keyset`.
 * @param {Uint8Array} accountKey
 * @param {Uint8Array} uid
 * @param {number} rev
 * @param {unknown} ct
 * @returns {Promise<Keyset>}
 */
export async function openKeyset(accountKey, uid, rev, ct) {
  const content = dec(await unseal(accountKey, ['comm/1/keyset', uid, rev], ct));
  SHAPE(content, 'keyset');
  if (!same(content.uid, uid) || content.rev !== rev) {
    throw new Refused(Code.KEYSET);
  }
  const { gens, prev, slots, devs: devices } = content;
  return new Keyset({ uid, rev, seeds: new Map(gens), prev, slots, devices });
}

/**
 * After each unlock: the newest key is the one of the chain, and the store is not older than was seen.
 *
 * `pinned` is what this device last saw: the revision and SHA-256 of the sealed keyset. Refused: `keyset`, `rollback`.
 * @param {Keyset} keyset
 * @param {Account} account
 * @param {{pinned: {rev: number, hash: Uint8Array} | null, ct: Uint8Array}} seen
 */
export async function requireOwn(keyset, account, { pinned, ct }) {
  const { newest } = account;
  const seed = newest && keyset.seeds.get(newest.gen);
  if (!same(keyset.uid, account.id) || !seed) throw new Refused(Code.KEYSET);
  if (!same((await keysOf(seed)).kid, newest.key.kid)) {
    throw new Refused(Code.KEYSET);
  }
  if (pinned && (keyset.rev < pinned.rev || (keyset.rev === pinned.rev && !same(sha256(ct), pinned.hash)))) {
    throw new Refused(Code.ROLLBACK);
  }
}

/**
 * All slots sealed anew for this revision, those of absent devices too. Refused: `keyset`, `key`.
 * @param {Keyset} keyset
 * @param {Record<string, any>[]} slots
 * @param {Uint8Array} accountKey
 */
export async function sealedSlots(keyset, slots, accountKey) {
  return Promise.all(slots.map((slot) => {
    const entry = keyset.slots.find(({ id }) => same(id, slot.id));
    if (!entry) throw new Refused(Code.KEYSET);
    return sealedSlot(keyset.uid, { ...slot, rev: keyset.rev }, entry.x, accountKey);
  }));
}

/** @param {Uint8Array} accountKey */
export const pinsKey = (accountKey) => derive(accountKey, 'comm/1/pins');

/** Of the index that stays on this device. @param {Uint8Array} accountKey */
export const indexKey = (accountKey) => derive(accountKey, 'comm/1/index');

/** @param {Uint8Array} accountKey @param {Uint8Array} uid @param {Uint8Array} dev @param {Record<string, any>} pins */
export const sealPins = async (accountKey, uid, dev, pins) =>
  seal(await pinsKey(accountKey), ['comm/1/pins', uid, dev], enc(pins));

/**
 * Refused: `sealed`, `cbor`.
 * @param {Uint8Array} accountKey
 * @param {Uint8Array} uid
 * @param {Uint8Array} dev
 * @param {unknown} ct
 * @returns {Promise<Record<string, any>>}
 */
export const openPins = async (accountKey, uid, dev, ct) =>
  dec(await unseal(await pinsKey(accountKey), ['comm/1/pins', uid, dev], ct));
