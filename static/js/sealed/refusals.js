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

/** @type {Readonly<Record<string, string>>} */
export const SENTENCES = Object.freeze({
  cbor: 'The bytes are not in the one permitted form; fetch them again.',
  schema: 'A field is missing, of the wrong type or not allowed here.',
  newer: 'This was written by a newer version; update the client.',
  key: 'The public key is malformed and must not be used.',
  signer: 'It is not signed by exactly those who have to sign it.',
  signature: 'A signature is wrong: it was altered or not made by the named key.',
  order: 'It does not follow the link before it.',
  rights: "The author's role does not allow this.",
  state: 'This is not possible in the present state of the chain.',
  recipients: 'The new key is not meant for exactly the present members.',
  history: "The link to earlier messages does not follow the group's history policy.",
  last_manager: 'The group would be left without the managers it needs.',
  uncertified: 'No admitted administration certifies this account.',
  withdrawn: 'Signed with a withdrawn key. Do not act on it; ask the author by another way.',
  fork: 'The server shows people different histories. Stop, keep the evidence, tell your contact point.',
  rollback: 'The server shows an older state than before. Stop, keep the evidence, tell your contact point.',
  off_chain: 'It names a state of the group that is unknown here.',
  late: "Late and untrusted: it arrived after its author's rights had changed.",
  wrap: 'The key for this period is missing or damaged, by the server or its author. Ask a member for it.',
  sealed: 'It cannot be opened: it was altered, or it was sealed for something else.',
  padding: 'The padding is wrong: it was not made by an honest client.',
  file: 'The file is not the one its author attached.',
  kdf: 'The server offers weaker passphrase protection than is allowed; refused.',
  keyset: "The key store does not belong to this account's present key; refused.",
  replay: 'It was sent before.',
  number: 'Another message by this device bears the same number.',
});

/** Something sealed was refused; `code` says why, `detail` where (never a secret). */
export class Refused extends Error {
  /**
   * @param {string} code one of `Code`
   * @param {string} [detail]
   */
  constructor(code, detail = '') {
    super(`${SENTENCES[code]} [${code}${detail ? `: ${detail}` : ''}]`);
    this.name = 'Refused';
    this.code = code;
    this.detail = detail;
  }
}
