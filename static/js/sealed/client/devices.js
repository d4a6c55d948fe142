/** Another device: the new one shows a code, an enrolled one hands the account over (AMENDMENTS H9). */

import { fromHex, same, sha256 } from '../checks/bytes.js';
import { dec, enc } from '../checks/cbor.js';
import { ALPHABET, heard, lettersOf } from '../checks/spoken_codes.js';
import { now } from '../private/authoring.js';
import { NewDevice, REQUEST, answer } from '../private/linking.js';
import { Code, Refused } from '../refusals.js';
import { seenHere } from './pins.js';

/** @typedef {import('./group.js').Known} Known */

// The server names a request by the first 12 bytes of its hash, people by its first 20 letters.
const NAME_BYTES = 12, SPOKEN_LETTERS = 20, MOST_DEVICES = 100;

/** At the new device: asks, and shows its `code`; the secret part of it never reaches the server. @param {Known} known */
export async function ask({ server, own }) {
  const asking = await NewDevice.asking(own.id, own.device, now());
  await server.askToLink(asking.request);
  return asking;
}

/** How the server names the request with this code. Refused: `schema`. @param {string} code */
function namedBy(code) {
  const letters = heard(lettersOf(code).slice(0, SPOKEN_LETTERS));
  let bits = 0n;
  for (const letter of letters) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) throw new Refused(Code.SCHEMA, 'the code has 28 letters');
    bits = bits << 5n | BigInt(value);
  }
  if (letters.length < SPOKEN_LETTERS) throw new Refused(Code.SCHEMA, 'the code has 28 letters');
  // 20 letters are 100 bits, of which the last four lie beyond the 12 bytes.
  return fromHex((bits >> 4n).toString(16).padStart(2 * NAME_BYTES, '0'));
}

/**
 * At the enrolled device: answers the device that shows the code. Unlocks anew, so that nobody hands over an account
 * by a click. Refused: `sealed`, `rights` (the code belongs to another request or account), `late`, `schema`.
 * @param {Known} known
 * @param {{code: string, name: string, passphrase?: string, secretKey?: string, passkey?: any}} given
 */
export async function handOver(known, { code, name, ...way }) {
  const { server, own, network } = known, h = namedBy(code), { request } = await server.linkRequest(h);
  const content = dec(request);
  REQUEST(content, 'request');
  if (!same(content.u, own.id)) throw new Refused(Code.RIGHTS, 'the code belongs to another account');
  await own.unlock(way);
  await network.follow();
  const handed = { auk: own.accountKey, rev: own.keyset.rev + 1, sk: null, pins: enc(seenHere(known)) };
  const given = await answer(request, code, now(), handed);
  const others = own.keyset.devices.filter(([dev]) => !same(dev, content.dev)).slice(1 - MOST_DEVICES);
  await own.change({ devices: [...others, [content.dev, now(), name.normalize('NFC')]] });
  await server.answerLink(h, given);
}

/**
 * At the new device: the pins that were handed over once the account is open, or null while nobody has answered.
 * Refused: `sealed`, `rights` (answered by somebody who did not see the code), `keyset`, `rollback`.
 * @param {Known} known
 * @param {NewDevice} asking
 */
export async function receive({ server, own, network }, asking) {
  const { answer: given } = await server.linkRequest(sha256(asking.request).slice(0, NAME_BYTES));
  if (!given) return null;
  const { auk, rev, pins } = await asking.received(given);
  await network.follow();
  const store = await server.keyStore();
  if (!store || store.rev < rev) throw new Refused(Code.ROLLBACK, `key store ${store?.rev}, handed over as ${rev}`);
  await own.openWith(auk, store);
  return dec(pins);
}
