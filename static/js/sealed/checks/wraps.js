/** An epoch's key as it is handed to one member: its shape only (sealed-protocol §5). */

import { hex, same } from './bytes.js';
import { dec, enc } from './cbor.js';
import { ID, closed, number, octets, oneOf } from './schema.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('./grp.js').Owed} Owed */

// HPKE: encapsulation 1120, key 32, tag 16.
const CIPHERTEXT_BYTES = 1168;
export const WRAP = closed({ k: oneOf('wrap'), g: ID, n: number(1), u: ID, kid: ID, ct: octets(CIPHERTEXT_BYTES) });

export class Wrap {
  /**
   * @param {Uint8Array} group
   * @param {number} n
   * @param {Uint8Array} account
   * @param {Uint8Array} kid
   * @param {Uint8Array} ct
   */
  constructor(group, n, account, kid, ct) {
    this.group = group;
    this.n = n;
    this.account = account;
    this.kid = kid;
    this.ct = ct;
  }

  encoded() {
    return enc({ k: 'wrap', g: this.group, n: this.n, u: this.account, kid: this.kid, ct: this.ct });
  }
}

/** Refused: `cbor`, `schema`, `newer`. @param {unknown} raw @returns {Wrap} */
export function readWrap(raw) {
  const value = dec(raw);
  WRAP(value, 'wrap');
  return new Wrap(value.g, value.n, value.u, value.kid, value.ct);
}

/** @param {Owed} wanted */
const nameOf = ({ n, account, kid }) => `${n} ${hex(account)} ${hex(kid)}`;

/**
 * That there is one wrap for each recipient and none for anybody else. Refused: `recipients`.
 * @param {Wrap[]} wraps
 * @param {Uint8Array} group
 * @param {Owed[]} owed
 */
export function requireExactly(wraps, group, owed) {
  const brought = wraps.map(nameOf).sort(), wanted = owed.map(nameOf).sort();
  if (!wraps.every((wrap) => same(wrap.group, group)) || brought.join() !== wanted.join()) {
    throw new Refused(Code.RECIPIENTS);
  }
}
