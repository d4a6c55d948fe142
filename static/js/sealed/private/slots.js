/** Ways to unlock: passphrase with Secret Key, passkey, remembered device (sealed-protocol §10). */

import { argon2id } from 'hash-wasm';

import { joined, random, sha256, utf8 } from '../checks/bytes.js';
import { enc, isMap } from '../checks/cbor.js';
import { ID, closed, number, octets, oneOf } from '../checks/schema.js';
import { subtle } from '../native.js';
import { Code, Refused } from '../refusals.js';
import { derive, wingPublic } from './keys.js';
import { sealTo, unsealOwn } from './sealing.js';
import { wingPair } from './wing.js';

/** Argon2id: KiB, passes, lanes. */
export const MEMORY_KIB = 65536, TURNS = 3, LANES = 1;
export const MOST_MEMORY_KIB = 262144, MOST_TURNS = 10;
const SEALED_KEY = octets(1168);
const ALWAYS = { id: ID, rev: number(1), ct: SEALED_KEY };
const ARGON2 = { salt: octets(16), m: number(), t: number(), p: number() };
/** @type {Map<string, import('../checks/schema.js').Rule>} */
const SLOTS = new Map(Object.entries({
  pass: closed({ ...ALWAYS, kind: oneOf('pass'), ...ARGON2 }),
  passkey: closed({ ...ALWAYS, kind: oneOf('passkey'), credential: octets({ most: 1023 }) }),
  device: closed({ ...ALWAYS, kind: oneOf('device'), dev: ID, ...ARGON2 }),
}));

/** What is asked of every passkey: one constant, since the secret is per credential. */
export const PRF_INPUT = sha256(utf8('comm/1/prf'));

/** How a passphrase is stretched; parameters come from the server and are therefore bounded on both sides. */
export class Stretching {
  /** @param {Uint8Array} salt 16 bytes @param {number} [memory] KiB @param {number} [turns] @param {number} [lanes] */
  constructor(salt, memory = MEMORY_KIB, turns = TURNS, lanes = LANES) {
    this.salt = salt;
    this.memory = memory;
    this.turns = turns;
    this.lanes = lanes;
  }

  /** Refused: `kdf`. @param {string} passphrase @returns {Promise<Uint8Array>} 32 bytes */
  async stretched(passphrase) {
    const { salt, memory, turns, lanes } = this;
    const fits = memory >= MEMORY_KIB && memory <= MOST_MEMORY_KIB && turns >= TURNS && turns <= MOST_TURNS;
    if (!fits || lanes !== LANES || salt?.length !== 16) {
      throw new Refused(Code.KDF);
    }
    if (!passphrase) throw new Refused(Code.KDF);
    return argon2id({
      password: passphrase.normalize('NFC'),
      salt,
      memorySize: memory,
      iterations: turns,
      parallelism: lanes,
      hashLength: 32,
      outputType: 'binary',
    });
  }

  asFields() {
    return { salt: this.salt, m: this.memory, t: this.turns, p: this.lanes };
  }
}

/** @param {Record<string, any>} slot */
export const stretchingOf = (slot) => new Stretching(slot.salt, slot.m, slot.t, slot.p);

/**
 * A stolen database cannot be searched for it, since 16 of its bytes were never in it. Refused: `kdf`.
 * @param {string} passphrase
 * @param {Uint8Array} secret the Secret Key
 * @param {Stretching} stretching
 */
export async function passphraseKey(passphrase, secret, stretching) {
  if (secret?.length !== 16) throw new Refused(Code.KDF);
  return derive(joined(await stretching.stretched(passphrase), secret), 'comm/1/slot/pass');
}

/** @param {Uint8Array} prfOutput */
export const passkeyKey = (prfOutput) => derive(prfOutput, 'comm/1/slot/passkey');

/** What a remembered device keeps: a key that cannot be read, only used there. @returns {Promise<CryptoKey>} */
export const newHeldKey = () => subtle.generateKey({ name: 'HMAC', hash: 'SHA-512' }, false, ['sign']);

/**
 * `held` never leaves the device; without the passphrase it opens nothing. Refused: `kdf`.
 * @param {string} passphrase
 * @param {CryptoKey} held
 * @param {Uint8Array} uid
 * @param {Uint8Array} slot its id
 * @param {Uint8Array} dev
 * @param {Stretching} stretching
 */
export async function deviceKey(passphrase, held, uid, slot, dev, stretching) {
  const stretched = await stretching.stretched(passphrase);
  const answer = await subtle.sign('HMAC', held, enc(['comm/1/slot/device', uid, slot, dev]));
  return derive(joined(new Uint8Array(answer).subarray(0, 32), stretched), 'comm/1/slot/device');
}

/** To what the account key is sealed for this slot; it stands inside the keyset. @param {Uint8Array} key */
export const slotPublic = async (key) => wingPublic(await derive(key, 'comm/1/slot/x'));

/** @param {Uint8Array} uid @param {Record<string, any>} slot */
export function slotContext(uid, slot) {
  const context = ['comm/1/slot', uid, slot.rev, slot.id, slot.kind];
  if (slot.kind === 'passkey') return [...context, slot.credential];
  if (slot.kind === 'device') context.push(slot.dev);
  return [...context, slot.salt, slot.m, slot.t, slot.p];
}

/**
 * The slot with `ct`: the account key for whoever can make this slot's key. Refused: `key`.
 * @param {Uint8Array} uid
 * @param {Record<string, any>} slot
 * @param {Uint8Array} x
 * @param {Uint8Array} accountKey
 */
export const sealedSlot = async (uid, slot, x, accountKey) =>
  ({ ...slot, ct: await sealTo(x, slotContext(uid, slot), accountKey) });

/**
 * The account key. Refused: `schema`, `newer`, `sealed` (wrong passphrase, Secret Key or passkey).
 * @param {Uint8Array} uid
 * @param {any} slot
 * @param {Uint8Array} key
 */
export async function openSlot(uid, slot, key) {
  requireSlot(slot);
  const { secret } = await wingPair(await derive(key, 'comm/1/slot/x'));
  return unsealOwn(secret, slotContext(uid, slot), slot.ct);
}

/** Refused: `schema`, `newer`. @param {any} slot */
export function requireSlot(slot) {
  const rule = isMap(slot) ? SLOTS.get(slot.kind) : undefined;
  if (!rule) throw new Refused(Code.NEWER);
  rule(slot, 'slot');
}

export const newSalt = () => random(16);
