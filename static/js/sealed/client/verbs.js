/**
 * What the page may ask of the worker: the words of the field, plain values in and out. No key, seed or secret of a
 * period is ever among the answers; the Secret Key is, once, to be printed.
 */

import { fromHex, hex } from '../checks/bytes.js';
import { crockford, inGroups } from '../checks/spoken_codes.js';
import { now } from '../private/authoring.js';
import { PRF_INPUT } from '../private/slots.js';
import { Code, Refused, speak } from '../refusals.js';
import { OwnAccount } from './account.js';
import { Authority } from './authority.js';
import { bulletinsOf, statesOf } from './bulletins.js';
import { deskVerbs } from './desk_verbs.js';
import { ask, handOver, receive } from './devices.js';
import { evidence } from './evidence.js';
import { requireMediaAllowed } from './files.js';
import { found } from './founding.js';
import { pixels } from './images.js';
import { LocalIndex } from './local_index.js';
import { Network } from './network.js';
import { comparePins, exchangePins } from './pins.js';
import { Room } from './room.js';
import { Seen } from './seen.js';
import { Server, ServerSaidNo } from './server.js';

/**
 * @type {{
 *   server: Server, network: Network, own: OwnAccount, seen: Seen, authority: Authority, index: LocalIndex, adm: string,
 * }}
 */
let known;
/** @type {Map<string, Room>} */
const rooms = new Map();
/** @type {import('../private/linking.js').NewDevice | null} */
let asking = null;

/** @param {string} gid */
async function room(gid) {
  const one = rooms.get(gid) ?? new Room(gid, known);
  await known.index.of(gid);
  rooms.set(gid, one);
  await one.follow();
  await unlessDeclined(() => one.followDesks());
  await known.index.take(gid, one.messages);
  return one;
}

/** Where the account stands, for the page to choose what to show. */
async function standing() {
  known.own.lookAtOwnChain();
  const { network, own, adm } = known;
  const { net, administrations } = network.directory;
  const me = own.uid ? network.person(own.uid) : null;
  return {
    network: net.head ? inGroups(crockford(net.id)) : '',
    administration: administrations.has(adm),
    admitted: net.admissions.has(adm),
    account: own.uid ? (own.unlocked ? 'open' : 'locked') : 'none',
    rememberedHere: own.isRememberedHere,
    passkeys: own.passkeys,
    prfInput: PRF_INPUT,
    certified: Boolean(me?.usable),
    pendingReset: own.pendingReset,
    accounts: network.ofAdministration(adm),
    desk: network.directory.desk(fromHex(adm)),
    me,
    waiting: network.waiting(adm),
    unadmitted: known.authority.unadmitted(),
    findings: known.seen.alarms(null),
  };
}

/** Whether one may write there. @param {Room} one */
const writes = ({ me, now: { closed, rules } }) =>
  Boolean(me) && !closed && !me.suspended && (me.role === 'manager' || (me.role === 'writer' && rules.post === 'writer'));

/** Each version of the group's bulletins with how it stands. @param {Room} one @param {Set<string>} read */
function bulletins(one, read) {
  const found = bulletinsOf(one.messages), reader = { me: known.own.uid, answers: writes(one), read, now: now() };
  return new Map(one.messages.filter(({ lhash }) => found.has(lhash)).map((message) => {
    const bulletin = found.get(message.lhash);
    return [message.lhash, { ...bulletin, states: statesOf(message, bulletin, reader) }];
  }));
}

/** @param {Room} one @param {Set<string>} read */
function shown(one, { read }) {
  const { network, own, seen } = known;
  if (!one.now.head) {
    const [alarm] = [...one.findings, ...seen.alarms(null)];
    throw new Refused(alarm?.code ?? Code.ORDER, alarm?.detail ?? 'the group has not begun');
  }
  const { members, rules, n, closed } = one.now, stands = bulletins(one, read);
  return {
    gid: one.gid,
    writes: writes(one),
    name: one.name,
    description: one.description,
    closed,
    period: n,
    policy: { hist: rules.hist, post: rules.post },
    role: one.me?.suspended ? 'suspended' : one.me?.role ?? '',
    me: own.uid,
    findings: one.findings,
    members: [...members].map(([uid, { role, suspended, gen }]) => {
      const account = network.directory.accounts.get(uid), stands = account.newest.gen > gen;
      const returned = (suspended || network.directory.wasResetAfter(fromHex(uid), gen)) && stands;
      return { ...network.person(uid), role, suspended, returned };
    }),
    messages: one.messages.map(({ body, author, ...rest }) =>
      ({ ...rest, author: network.person(author), body: plain(body), bulletin: stands.get(rest.lhash) })),
  };
}

/** A line of the list of groups; a group that is refused is listed with the reason. @param {string} gid */
async function listed(gid) {
  try {
    const { name, description, members, messages, closed, findings, role } = shown(await room(gid), await known.index.of(gid));
    const newest = messages.at(-1)?.receivedAt ?? 0;
    return {
      gid, name, description, members: members.length, messages: messages.length, newest, closed, findings, role,
    };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const alarms = known.seen.alarms(gid), findings = alarms.length ? alarms : [{ code: error.code, sentence: error.message }];
    return { gid, name: '', members: '', messages: '', findings };
  }
}

/** A body as the page may have it: hashes as text, files without their keys. @param {any} body */
function plain(body) {
  if (!body) return null;
  const files = body.files.map(({ name, size, type }) => ({ name, size, type }));
  const to = body.to?.map((/** @type {Uint8Array} */ id) => {
    const admission = known.network.directory.net.admissions.get(hex(id));
    return admission ? admission.name : hex(id);
  });
  return { ...body, files, re: body.re ? hex(body.re) : null, ...(to ? { to } : {}) };
}

/** Refused: `rights` for a bulletin of somebody else, `state` when it was withdrawn. @param {Room} one @param {string} re */
function nextVersion(one, re) {
  const present = re && bulletinsOf(one.messages).get(re);
  if (!present) return 1;
  if (present.author !== known.own.uid) throw new Refused(Code.RIGHTS, 'only its author changes a bulletin');
  if (present.withdrawn !== null) throw new Refused(Code.STATE, 'the bulletin was withdrawn');
  return present.version + 1;
}

/** @param {{gid: string, lhash: string, at: number}} which */
async function file({ gid, lhash, at }) {
  const one = await room(gid), said = one.messages.find((message) => message.lhash === lhash)?.body;
  if (said) requireMediaAllowed(said, said.files);
  return one.file(lhash, at);
}

/** A new key for every group, each for itself. */
async function renewed() {
  for (const { id } of await known.server.groups()) {
    await unlessDeclined(async () => (await room(id)).rotate());
  }
}

/** @param {() => Promise<any>} act */
async function unlessDeclined(act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refused) && !(error instanceof ServerSaidNo)) throw error;
  }
}

/** The desks that a group follows, or the administrations of its members. @param {Room} one */
function addressees(one) {
  const adms = one.group.desks.length ? one.group.desks.slice(1)
    : [...one.now.members.keys()].map((uid) => hex(known.network.directory.accounts.get(uid).adm));
  return [...new Set(adms)].sort().map(fromHex);
}

export const verbs = {
  /** `sentences` as JSON, by code. @param {{origin: string, formSecret: string, adm: string, sentences: string}} given */
  async begin({ origin, formSecret, adm, sentences }) {
    speak(JSON.parse(sentences));
    const server = new Server(origin, formSecret), seen = new Seen(), network = new Network(server, seen);
    const own = new OwnAccount(server, network), index = new LocalIndex(own);
    known = { server, network, own, seen, authority: new Authority(server, network), index, adm };
    rooms.clear();
    // What was seen before comes first, since the network is held against it.
    await known.own.find();
    await network.follow();
    return standing();
  },
  async standing() {
    await known.network.follow();
    return standing();
  },
  open: (given) => known.own.open({ ...given, adm: known.adm }),
  async unlock(given) {
    await known.own.unlock(given);
    return standing();
  },
  async addPasskey(given) {
    await known.own.addPasskey(given);
    return standing();
  },
  async rotate(given) {
    // What one's present key signed is verified while it is still good; afterwards it would have to be vouched for.
    for (const { id } of await known.server.groups()) await unlessDeclined(() => room(id));
    const secret = await known.own.rotate(given);
    // The new Secret Key is shown whatever becomes of a group: one that is not renewed now is before its next message.
    await unlessDeclined(renewed);
    return secret;
  },
  foundNetwork: () => known.authority.foundNetwork(),
  foundAdministration: (given) => known.authority.foundAdministration(given),
  admit: ({ key, adm }) => known.authority.admit(key, adm),
  certify: ({ key, uid }) => known.authority.certify(key, uid),
  ...deskVerbs(() => known, room),
  reset: ({ key, ...told }) => known.authority.reset(key, told),
  prepareReset: (given) => known.own.prepareReset(given),
  async completeReset() {
    await known.own.completeReset();
    return standing();
  },
  people: async () => {
    await known.network.follow();
    return known.network.people().filter(({ uid }) => uid !== known.own.uid);
  },
  async groups() {
    const list = [];
    const ids = (await known.server.groups()).map(({ id }) => id);
    for (const id of ids) list.push(await listed(id));
    for (const name of known.seen.pins.keys()) {
      const [kind, gid] = name.split(' ');
      if (kind === 'grp' && !ids.includes(gid)) known.seen.report('cut_off', Code.OFF_CHAIN, { chain: gid }, '', [], gid);
    }
    await exchangePins(known, rooms);
    return list;
  },
  room: async ({ gid }) => shown(await room(gid), await known.index.of(gid)),
  async found({ name, description, hist, post, members }) {
    await known.network.follow();
    const gid = await found(known, { hist, post, members });
    await (await room(gid)).begin({ name, description });
    return gid;
  },
  /** For a group whose founding broke off before its first period. */
  beginGroup: async ({ gid, ...said }) => { await (await room(gid)).begin(said); },
  vouch: async ({ gid, lhash }) => { await (await room(gid)).vouch(lhash); },
  /** The code of an administration was compared by another way. */
  async compared({ adm }) {
    known.seen.pin(`code ${adm}`, [1]);
    await known.seen.save();
  },
  evidence: async () => evidence(known),
  async settle() {
    known.seen.settle();
    await known.seen.save();
    return standing();
  },
  /** At a new device: the code to type at another one of the same account. */
  async askDevice() {
    asking = await ask(known);
    return asking.code;
  },
  /** At the new device: whether it was answered; then who one is, to look at before use. */
  async linked() {
    const pins = asking && await receive(known, asking);
    if (!pins) return null;
    asking = null;
    for (const { id } of await known.server.groups()) await listed(id);
    comparePins(known, rooms, known.own.device, pins);
    await known.seen.save();
    return standing();
  },
  async handOver(given) {
    await handOver(known, given);
    return standing();
  },
  rememberHere: (given) => known.own.rememberHere(given),
  add: async ({ gid, ...whom }) => { await (await room(gid)).add(whom); },
  remove: async ({ gid, uid }) => { await (await room(gid)).remove(uid); },
  readmit: async ({ gid, uid }) => { await (await room(gid)).readmit(uid); },
  changeRole: async ({ gid, ...whom }) => { await (await room(gid)).changeRole(whom); },
  renew: async ({ gid }) => { await (await room(gid)).rotate(); },
  close: async ({ gid }) => { await (await room(gid)).close(); },
  async leave({ gid }) {
    await (await room(gid)).leave();
    rooms.delete(gid);
    await known.index.forget(gid);
  },
  /** A body of any type, its `re` in hexadecimal; what a bulletin is addressed to is added here. */
  async say({ gid, body, files = [] }, progress) {
    requireMediaAllowed(body, files);
    const one = await room(gid);
    const addressed = body.t === 'bulletin' && { to: addressees(one), version: nextVersion(one, body.re) };
    const said = { ...body, ...addressed, body: body.body.normalize('NFC'), re: body.re ? fromHex(body.re) : null };
    await one.post(said, files, progress);
  },
  /**
   * What stands on the screen was read. One receipt goes out for a bulletin that asks for acknowledgement, and none
   * twice; where it is declined the reader reads on.
   */
  async seen({ gid, lhashes }) {
    await known.index.markRead(gid, lhashes);
    const one = rooms.get(gid), me = known.own.uid;
    for (const [lhash, { states, said }] of bulletins(one, new Set())) {
      const owed = lhashes.includes(lhash) && (states.includes('due') || states.includes('overdue'));
      if (!owed || said.read?.includes(me)) continue;
      const receipt = { t: 'ack', kind: 'read', body: '', re: fromHex(lhash) };
      await unlessDeclined(() => one.post(receipt, [], () => {}));
    }
  },
  /** Every version of every bulletin, of all groups that can be opened. */
  async bulletins() {
    const all = [];
    for (const { id: gid } of await known.server.groups()) {
      await unlessDeclined(async () => {
        const { name, messages } = shown(await room(gid), await known.index.of(gid));
        for (const { lhash, author, at, body, bulletin } of messages) {
          if (bulletin) all.push({ gid, group: name, lhash, author, at, body, states: bulletin.states });
        }
      });
    }
    return all;
  },
  /** Messages of all groups that hold every word. @param {{words: string}} given */
  async search({ words }) {
    const { count, found: hits } = known.index.find(words);
    return {
      count,
      found: hits.map(({ author, ...hit }) =>
        ({ ...hit, group: rooms.get(hit.gid)?.name ?? '', author: known.network.person(author).name })),
    };
  },
  async takeBack({ gid, lhash }) {
    await (await room(gid)).post({ t: 'msg', body: '', re: null }, [], () => {}, [lhash]);
  },
  save: file,
  /** As pixels, to be shown. */
  picture: async (which) => pixels(await file(which)),
};
