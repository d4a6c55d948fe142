/** The chains that all members read, verified link by link and held against what this browser saw before. */

import { fromHex, hex } from '../checks/bytes.js';
import { Directory } from '../checks/directory.js';
import { positionAsList } from '../checks/links.js';
import { administrationCode } from '../checks/spoken_codes.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('./memory.js').Remembered} Remembered */
/** @typedef {import('./server.js').Server} Server */

export class Network {
  #server;
  #index = -1;

  /** @param {Server} server */
  constructor(server) {
    this.#server = server;
    this.directory = new Directory();
  }

  /**
   * Fetches and verifies what is new. A link that is refused stops here: nothing after it is taken.
   * Refused: whatever the link is refused for.
   */
  async follow() {
    for (;;) {
      const links = await this.#server.directory(this.#index);
      if (!links.length) return;
      for (const { index, kind, raw } of links) {
        await this.directory.apply(kind, raw);
        this.#index = index;
      }
    }
  }

  /**
   * That nothing is older or other than this browser saw before; takes what is newer into `remembered`.
   * Refused: `fork` (another network, another link in a place), `rollback`.
   * @param {Remembered} remembered
   */
  holdAgainst(remembered) {
    const { net } = this.directory;
    if (remembered.net && remembered.net !== hex(net.id)) throw new Refused(Code.FORK, 'another network than before');
    remembered.net = hex(net.id);
    const chains = [['net', net], ...[...this.directory.administrations].map(([id, chain]) => [`adm ${id}`, chain]),
      ...[...this.directory.accounts].map(([id, chain]) => [`usr ${id}`, chain])];
    const heads = new Map(chains.map(([name, chain]) => [name, chain.head]));
    for (const [name, [seq, lhash]] of Object.entries(remembered.chains)) {
      if (name.startsWith('grp ')) continue;
      const head = heads.get(name);
      if (!head || head.seq < seq) throw new Refused(Code.ROLLBACK, name);
      if (head.seq === seq && hex(head.lhash) !== lhash) throw new Refused(Code.FORK, name);
    }
    for (const [name, head] of heads) if (head) remembered.chains[name] = [head.seq, hex(head.lhash)];
  }

  /** `vw`: what this account has seen. @param {Uint8Array} account */
  view(account) {
    const { directory } = this;
    const usr = directory.accounts.get(hex(account));
    const adm = directory.administrations.get(hex(usr.adm));
    const [net, own, self] = [directory.net.head, adm.head, usr.head].map(positionAsList);
    return { net, adm: own, usr: self };
  }

  /**
   * Somebody as people know him: name, administration and the code that contact points compare.
   * @param {string} account
   */
  person(account) {
    const chain = this.directory.accounts.get(account);
    if (!chain) return { uid: account, name: '', administration: '', cc: '', code: '', usable: false };
    const line = this.directory.lineage(chain.adm);
    const adm = line.at(-1);
    const admission = adm && this.directory.net.admissions.get(hex(adm.id));
    const id = fromHex(account);
    return {
      uid: account,
      name: this.directory.name(id),
      typ: chain.typ,
      administration: admission?.name ?? '',
      cc: admission?.cc ?? '',
      code: admission ? administrationCode(admission.genesis) : '',
      usable: this.directory.isCertified(id) && !this.directory.isSuperseded(id, chain.newest.key.kid),
    };
  }

  /** Everybody who can be invited: certified, in good standing. */
  people() {
    return [...this.directory.accounts.keys()].map((account) => this.person(account)).filter(({ usable }) => usable);
  }

  /** Certified accounts of an administration, for its contact point. @param {string} adm */
  ofAdministration(adm) {
    return [...this.directory.accounts].filter(([uid, chain]) =>
      hex(chain.adm) === adm && !this.directory.isWithdrawn(fromHex(uid)) && this.directory.isCertified(fromHex(uid)))
      .map(([uid]) => ({ uid, name: this.directory.name(fromHex(uid)) }));
  }

  /** Accounts of an administration that wait to be certified. @param {string} adm */
  waiting(adm) {
    return [...this.directory.accounts].filter(([uid, chain]) =>
      hex(chain.adm) === adm && !chain.ended && !this.directory.isCertified(fromHex(uid)))
      .map(([uid, chain]) => ({ uid, name: chain.name, typ: chain.typ }));
  }

}
