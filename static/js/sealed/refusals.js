/** Why something sealed is refused: one code for programs, one sentence for people (sealed-protocol §12). */

/** The same codes stand in both clients and in the published vectors. */
export const Code = Object.freeze({
  CBOR: 'cbor',
  SCHEMA: 'schema',
  NEWER: 'newer',
  KEY: 'key',
  SIGNER: 'signer',
  SIGNATURE: 'signature',
  ORDER: 'order',
  RIGHTS: 'rights',
  STATE: 'state',
  RECIPIENTS: 'recipients',
  HISTORY: 'history',
  LAST_MANAGER: 'last_manager',
  UNCERTIFIED: 'uncertified',
  WITHDRAWN: 'withdrawn',
  FORK: 'fork',
  ROLLBACK: 'rollback',
  OFF_CHAIN: 'off_chain',
  LATE: 'late',
  WRAP: 'wrap',
  SEALED: 'sealed',
  PADDING: 'padding',
  FILE: 'file',
  KDF: 'kdf',
  KEYSET: 'keyset',
  REPLAY: 'replay',
  NUMBER: 'number',
});

/** One sentence for each code; they come with the page, in its language. @type {Record<string, string>} */
let sentences = {};

/** @param {Record<string, string>} said */
export const speak = (said) => { sentences = said; };

/** @param {string} code */
export const sentenceOf = (code) => sentences[code] ?? code;

/** Something sealed was refused; `code` says why, `detail` where (never a secret). */
export class Refused extends Error {
  /**
   * @param {string} code one of `Code`
   * @param {string} [detail]
   */
  constructor(code, detail = '') {
    super(`${sentenceOf(code)} [${code}${detail ? `: ${detail}` : ''}]`);
    this.name = 'Refused';
    this.code = code;
    this.detail = detail;
  }
}
