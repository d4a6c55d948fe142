/** What the page may ask about the desks of administrations, and bulletins from desk to desk. */

import { fromHex, hex } from '../checks/bytes.js';
import { administrationCode } from '../checks/spoken_codes.js';
import { addressed } from './desks.js';
import { found } from './founding.js';

/** @typedef {import('./room.js').Room} Room */

/** @param {() => any} known @param {(gid: string) => Promise<Room>} room */
export const deskVerbs = (known, room) => ({
  /** All admitted administrations that were not revoked, with who sits at their desks; the own one is marked. */
  async desks() {
    const { network, own } = known();
    await network.follow();
    const { directory } = network;
    const mine = own.uid && directory.lineage(directory.accounts.get(own.uid).adm).at(-1);
    return [...directory.net.admissions.values()].filter(({ revoked }) => !revoked).map(({ adm, name, genesis }) => ({
      adm: hex(adm),
      name,
      code: administrationCode(genesis),
      people: directory.desk(adm).map((uid) => ({ uid, name: directory.name(fromHex(uid)) })),
      mine: Boolean(mine) && hex(mine.id) === hex(adm),
    }));
  },
  seat: ({ key, uids }) => known().authority.seat(key, known().adm, uids),
  /** A group that follows the own desk and those of `adms`; with none of them, the desk's standing group. */
  async foundAtDesks({ name, description, hist, adms }) {
    const { network, own } = known();
    await network.follow();
    const { desks, members } = addressed(network.directory, own.uid, adms);
    const gid = await found(known(), { hist, post: 'writer', members });
    await (await room(gid)).begin({ name, description, desks });
    return gid;
  },
});
