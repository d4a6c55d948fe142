/**
 * What a contact point signs for its administration, and the root for the network, with keys that stand in files of
 * their own: read for one act, never kept by the browser.
 */

import { fromBase64url, toBase64url } from '../checks/base64url.js';
import { fromHex, hex, same } from '../checks/bytes.js';
import { fromCrockford } from '../checks/spoken_codes.js';
import { writeLink } from '../private/authoring.js';
import { keysOf, newSeed } from '../private/keys.js';
import { Code, Refused } from '../refusals.js';
import { asMap } from './account.js';

/** @typedef {import('./network.js').Network} Network */
/** @typedef {import('./server.js').Server} Server */

const FORMAT = 'opencen-authority-key/1';

/** @param {Uint8Array} seed @param {string} of whose key it is, for people */
const keyFile = (seed, of) => JSON.stringify({ format: FORMAT, of, seed: toBase64url(seed) }, null, 1);

/** Refused: `schema`. @param {string} text of a key file */
async function keysIn(text) {
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    throw new Refused(Code.SCHEMA, 'this is no key file');
  }
  if (found?.format !== FORMAT) throw new Refused(Code.SCHEMA, 'this is no key file');
  const seed = fromBase64url(found.seed);
  if (seed.length !== 32) throw new Refused(Code.SCHEMA, 'the key file is cut off');
  return keysOf(seed);
}

export class Authority {
  #server;
  #network;

  /** @param {Server} server @param {Network} network */
  constructor(server, network) {
    this.#server = server;
    this.#network = network;
  }

  /** Two keys of which one signs, so that one may be lost. @param {string} of */
  async #twoKeys(of) {
    const seeds = [newSeed(), newSeed()];
    const keys = await Promise.all(seeds.map(keysOf));
    return { keys, files: seeds.map((seed) => keyFile(seed, of)), pubs: keys.map((one) => asMap(one.public)) };
  }

  /** Founds the network; the two root keys. */
  async foundNetwork() {
    const { keys, files, pubs } = await this.#twoKeys('network root');
    await this.#server.tell('net', await writeLink('net', null, [['new', { pubs, th: 1 }]], keys));
    await this.#network.follow();
    return files;
  }

  /** Founds an administration's chain; its two keys. @param {{cc: string, name: string}} said */
  async foundAdministration({ cc, name }) {
    const { keys, files, pubs } = await this.#twoKeys(name);
    const raw = await writeLink('adm', null, [['new', { cc, name, pubs, th: 1 }]], keys);
    await this.#server.tell('adm', raw);
    await this.#network.follow();
    return files;
  }

  /** Administrations whose chains stand here and that the network did not admit yet. */
  unadmitted() {
    const { net, administrations } = this.#network.directory;
    return [...administrations.values()].filter(({ id }) => !net.admissions.has(hex(id)))
      .map(({ id, cc, name }) => ({ id: hex(id), cc, name }));
  }

  /** @param {string} keyText @param {string} adm */
  async admit(keyText, adm) {
    const chain = this.#network.directory.administrations.get(adm);
    const genesis = this.#genesisOf(adm);
    const op = { a: fromHex(adm), gh: genesis, cc: chain.cc, name: chain.name, succ: null };
    await this.#sign('net', this.#network.directory.net, keyText, ['adm', op]);
  }

  /** @param {string} adm */
  #genesisOf(adm) {
    const chain = this.#network.directory.administrations.get(adm);
    if (chain.head.seq > 0) throw new Refused(Code.STATE, 'an administration is admitted before it certifies');
    return chain.head.lhash;
  }

  /** @param {string} keyText @param {string} uid */
  async certify(keyText, uid) {
    const account = this.#network.directory.accounts.get(uid);
    const op = { u: fromHex(uid), gh: account.genesis, typ: account.typ, name: null };
    await this.#sign('adm', this.#chainOf(uid), keyText, ['cert', op]);
  }

  /**
   * Orders that an account takes up the key whose code its officer told in person. Refused: `schema`.
   * @param {string} keyText
   * @param {{uid: string, code: string}} told
   */
  async reset(keyText, { uid, code }) {
    const op = { u: fromHex(uid), kid: fromCrockford(code, 16), why: 'everything lost' };
    await this.#sign('adm', this.#chainOf(uid), keyText, ['reset', op]);
  }

  /**
   * Names who takes bulletins for the administration from now on, all of them.
   * @param {string} keyText
   * @param {string} adm
   * @param {string[]} uids
   */
  async seat(keyText, adm, uids) {
    const op = ['desk', { us: uids.map(fromHex) }];
    await this.#sign('adm', this.#network.directory.administrations.get(adm), keyText, op);
  }

  /** Final. @param {string} keyText @param {string} uid */
  async revoke(keyText, uid) {
    await this.#sign('adm', this.#chainOf(uid), keyText, ['rev', { u: fromHex(uid) }]);
  }

  /** @param {string} uid */
  #chainOf(uid) {
    const account = this.#network.directory.accounts.get(uid);
    return this.#network.directory.administrations.get(hex(account.adm));
  }

  /** Refused: `signer` when it is another authority's key. */
  async #sign(kind, chain, keyText, op) {
    const keys = await keysIn(keyText);
    const held = kind === 'net' ? chain.root : chain.authority;
    if (!held.keys.some((one) => same(one.kid, keys.kid))) throw new Refused(Code.SIGNER, "another authority's key");
    await this.#server.tell(kind, await writeLink(kind, chain.head, [op], [keys]));
    await this.#network.follow();
  }
}
