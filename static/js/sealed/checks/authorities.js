/** Keys of several people of whom some number must sign: the network root, an administration's authority (§4.1). */

import { hex } from './bytes.js';
import { publicKeys } from './public_keys.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('./links.js').Link} Link */
/** @typedef {import('./public_keys.js').PublicKey} PublicKey */

export class Authority {
  /** @param {PublicKey[]} keys @param {number} threshold */
  constructor(keys, threshold) {
    this.keys = keys;
    this.threshold = threshold;
  }

  /** Refused: `key`, `schema`. @param {any[]} pubs @param {number} threshold */
  static namedIn(pubs, threshold) {
    const keys = publicKeys(pubs);
    if (threshold < 1 || threshold > keys.length) {
      throw new Refused(Code.SCHEMA);
    }
    return new Authority(keys, threshold);
  }

  /** @param {Link} link */
  async requireAll(link) {
    await link.requireSignedBy(this.keys);
  }

  /** Exactly `threshold` of the keys, each once, in any order. @param {Link} link */
  async requireEnough(link) {
    await link.requireSignedBy(this.#signers(link));
  }

  /**
   * `threshold` of these keys, then every key of the successor that has not signed already.
   * @param {Link} link
   * @param {Authority} successor
   */
  async requireHandover(link, successor) {
    const old = this.#signers(link);
    const signed = new Set(link.signers.slice(0, this.threshold).map((signer) => hex(signer.kid)));
    await link.requireSignedBy([...old, ...successor.keys.filter((key) => !signed.has(key.name))]);
  }

  /** @param {Link} link @returns {PublicKey[]} */
  #signers(link) {
    const byKid = new Map(this.keys.map((key) => [key.name, key]));
    const names = link.signers.slice(0, this.threshold).map((signer) => hex(signer.kid));
    const keys = names.flatMap((name) => byKid.get(name) ?? []);
    if (keys.length < this.threshold || new Set(names).size !== names.length) {
      throw new Refused(Code.SIGNER);
    }
    return keys;
  }
}
