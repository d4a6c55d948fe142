/** Groups that follow the desks of administrations (sealed-protocol §8.1). */

import { fromHex, hex } from '../checks/bytes.js';
import { Role } from '../checks/grp.js';
import { Code, Refused } from '../refusals.js';

/** @typedef {import('../checks/directory.js').Directory} Directory */
/** @typedef {import('../checks/grp.js').Group} Group */

/**
 * Who belongs into a group that follows these desks; the home's manages it.
 * @param {Directory} directory
 * @param {string[]} adms the home first
 * @returns {Map<string, string>} role by account
 */
export function seatsOf(directory, [home, ...others]) {
  const seats = new Map();
  for (const adm of [home, ...others]) {
    for (const uid of directory.desk(fromHex(adm))) {
      if (!seats.has(uid)) seats.set(uid, adm === home ? Role.MANAGER : Role.WRITER);
    }
  }
  return seats;
}

/** @param {Directory} directory @param {string} uid */
const isUsable = (directory, uid) =>
  !directory.isSuperseded(fromHex(uid), directory.accounts.get(uid).newest.key.kid);

/**
 * What makes a group follow its desks again. Who was let in from elsewhere stays; oneself is left alone.
 * @param {Group} now
 * @param {Directory} directory
 * @param {string[]} adms
 * @param {string} own
 */
export function dueSeats(now, directory, adms, own) {
  const seats = seatsOf(directory, adms);
  const leaving = [...now.members.keys()].filter((uid) => uid !== own && !seats.has(uid)
    && adms.some((adm) => directory.belongsTo(uid, fromHex(adm))));
  const coming = [...seats].filter(([uid]) => !now.members.has(uid) && isUsable(directory, uid));
  const recipients = new Map(now.recipients());
  const ops = leaving.map((uid) => ['rem', { u: fromHex(uid) }]);
  leaving.forEach((uid) => recipients.delete(uid));
  for (const [uid, role] of coming) {
    const { gen, key: { kid } } = directory.accounts.get(uid).newest;
    ops.push(['add', { u: fromHex(uid), role, gen, kid }]);
    recipients.set(uid, kid);
  }
  return { ops, recipients, leaving: leaving.length > 0, coming: coming.length > 0 };
}

/**
 * The administrations whose desks a group of `own` to these follows, and their people.
 * Refused: `rights` for who does not sit at the own desk, `recipients` where an administration has none.
 * @param {Directory} directory
 * @param {string} own
 * @param {string[]} others
 */
export function addressed(directory, own, others) {
  const home = hex(directory.lineage(directory.accounts.get(own).adm).at(-1).id);
  const desks = [home, ...others.filter((adm) => adm !== home)];
  const seats = seatsOf(directory, desks);
  if (seats.get(own) !== Role.MANAGER) {
    throw new Refused(Code.RIGHTS, 'only who sits at the desk of the own administration writes to desks');
  }
  const empty = desks.find((adm) => !directory.desk(fromHex(adm)).length);
  if (empty) throw new Refused(Code.RECIPIENTS, `${directory.net.admissions.get(empty)?.name} has named no desk yet`);
  const members = [...seats].filter(([uid]) => uid !== own && isUsable(directory, uid))
    .map(([uid, role]) => ({ uid, role }));
  return { desks, members };
}
