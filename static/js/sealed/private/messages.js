/** Messages sealed and opened (sealed-protocol §6). */

import { random, sha256 } from '../checks/bytes.js';
import { readMessage } from '../checks/messages.js';
import { Code, Refused } from '../refusals.js';
import { requireAgreement } from './attachments.js';
import { readBody, writeBody } from './bodies.js';
import { epochKey } from './epochs.js';
import { sign } from './keys.js';
import { pad, seal, unpad, unseal } from './sealing.js';

/** @typedef {import('../checks/messages.js').Message} Message */
/** @typedef {import('./keys.js').Keys} Keys */

export const newId = () => random(16);

/**
 * `header` is everything but `k` and `cth`. Refused: `schema` and `newer` for a body we would not read.
 * @param {Record<string, any>} header
 * @param {Record<string, any>} body
 * @param {Uint8Array} secret of the epoch
 * @param {Keys} keys
 * @returns {Promise<Message>}
 */
export async function sealMessage(header, body, secret, keys) {
  const bound = { k: 'msg', ...header };
  const plain = writeBody(body);
  requireAgreement(header.att, body.files);
  const ct = await seal(await epochKey(secret, header.g, header.n, 'msg'), bound, pad(plain));
  return readMessage(await sign({ ...bound, cth: sha256(ct) }, keys), ct);
}

/**
 * The body. Who wrote it and whether it is timely was asked before (checks/messages).
 *
 * Refused: `sealed`, `padding`, `cbor`, `schema`, `newer`, `file`.
 * @param {Message} message
 * @param {Uint8Array} secret of the epoch
 * @returns {Promise<Record<string, any>>}
 */
export async function openMessage(message, secret) {
  if (message.ct === null) throw new Refused(Code.SEALED);
  const { content } = message;
  const key = await epochKey(secret, content.g, content.n, 'msg');
  const body = readBody(unpad(await unseal(key, message.header, message.ct)));
  requireAgreement(content.att, body.files);
  return body;
}
