/** The first link of a group. */

import { fromHex, hex } from '../checks/bytes.js';
import { GroupChain } from '../checks/group_chain.js';
import { writeGroupLink } from '../private/authoring.js';

/** @typedef {import('./account.js').OwnAccount} OwnAccount */
/** @typedef {import('./network.js').Network} Network */
/** @typedef {import('./server.js').Server} Server */

/**
 * Founds a group; its id. The name is sealed with the first period.
 * @param {{server: Server, network: Network, own: OwnAccount}} known
 * @param {{hist: 'full' | 'join', post: 'writer' | 'manager', members: {uid: string, role: string}[]}} chosen
 */
export async function found({ server, network, own }, { hist, post, members }) {
  const { directory } = network;
  const added = [{ uid: own.uid, role: 'manager' }, ...members].map(({ uid, role }) => {
    const { gen, key: { kid } } = directory.accounts.get(uid).newest;
    return ['add', { u: fromHex(uid), role, gen, kid }];
  });
  const home = directory.accounts.get(own.uid).adm;
  const policy = ['pol', { hist, post, mq: 1, maxage: 90, ret: 0, home }];
  const author = { account: own.id, keys: own.newest };
  const raw = await writeGroupLink(null, [policy, ...added], [author], { view: network.view(own.id) });
  const chain = new GroupChain();
  await chain.extend(raw, directory);
  await server.found(raw);
  return hex(chain.id);
}
