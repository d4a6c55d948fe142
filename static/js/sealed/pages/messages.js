/** The messages of a room: who said what, how it stands, what can be done with it. */

import { showPart } from './forms.js';
import { handlingLine } from './printing.js';
import { fill, list } from './rows.js';

const SECONDS = 1000, KIBIBYTE = 1024;
const PICTURES = /^image\/(jpeg|png|webp)$/u;

/** Acknowledgements are shown at what they acknowledge; a message that only takes back is not shown. */
const isShown = ({ body }) => body?.t !== 'ack' && !(body?.t === 'msg' && !body.body && !body.files.length);

/**
 * Which of them are shown now.
 * @param {HTMLElement} root
 * @param {any} room as the worker tells it, and how many of its messages are shown at `most`
 * @param {(name: string) => string} word of the template
 */
export function showMessages(root, room, word) {
  const feedback = Map.groupBy(room.messages.filter(({ body }) => body?.form === 'T-06'), ({ body }) => body.re);
  const all = room.messages.filter(isShown), newest = all.slice(-room.most);
  root.querySelector('[data-act="earlier"]').hidden = all.length <= room.most;
  list(root, 'messages', newest, (row, message) => {
    const { lhash, body, bulletin } = message;
    row.dataset.lhash = lhash;
    showText(row, message, word);
    showActs(row, message, room);
    if (bulletin) showBulletin(root, row, message, room, word);
    if (body?.form) showForm(root, row, body, feedback.get(lhash) ?? [], word);
    list(root, 'attached', body?.files ?? [], (line, file) => {
      fill(line, { name: file.name, size: `${Math.ceil(file.size / KIBIBYTE)} KiB` });
      const [save, view] = line.querySelectorAll('[data-act]');
      view.hidden = !PICTURES.test(file.type);
      for (const { dataset } of [save, view]) Object.assign(dataset, { lhash, at: body.files.indexOf(file) });
    }, row);
  });
  return newest;
}

function showText(row, { author, at, standing, sentence, body, claim, missing, doubled }, word) {
  const subject = body?.t === 'withdraw' ? word('withdrawal') : body?.subj ?? '';
  const marks = [missing && word('found_missing'), doubled && word('found_doubled')];
  const said = [standing === 'trusted' ? '' : word(standing) || sentence, ...marks].filter(Boolean).join(' ');
  fill(row, {
    author: author.name || author.uid,
    administration: author.administration,
    subject,
    text: body?.body ?? claim,
    standing: said,
  });
  when(row, at);
  row.querySelector('[data-field="subject"]').hidden = !subject && !body?.form;
  row.querySelector('[data-field="standing"]').hidden = !said;
  const handling = row.querySelector('[data-handling]');
  handling.hidden = !body?.handling;
  if (!body?.handling) return;
  handling.textContent = handlingLine(body.handling);
  handling.classList.add(`tlp-${body.handling.tlp.toLowerCase().replace('+strict', '')}`);
}

/** @param {HTMLElement} row @param {number} at unix seconds */
export function when(row, at) {
  const time = row.querySelector('time'), day = new Date(at * SECONDS);
  time.textContent = day.toLocaleString(document.documentElement.lang);
  time.dateTime = day.toISOString();
}

/** @param {HTMLElement} root @param {HTMLElement} row @param {string[]} states */
export const showStates = (root, row, states) => row.querySelector('[data-list="states"]').replaceChildren(
  ...states.map((state) => root.querySelector(`[data-state="${state}"]`).cloneNode(true)));

/** How it stands; who said what of it, and who did not yet, is for those who watch over it. */
function showBulletin(root, row, { author, body, bulletin: { said, states, withdrawn, newest }, lhash }, room, word) {
  showStates(root, row, states);
  const day = (name, at) => at && `${word(name)} ${new Date(at * SECONDS).toISOString().slice(0, 10)}`;
  const names = new Map(room.messages.map((one) => [one.author.uid, one.author.name]));
  for (const { uid, name } of room.members) names.set(uid, name);
  const missing = room.members.filter(({ uid, role, suspended }) =>
    uid !== author.uid && role !== 'reader' && !suspended && !said.acknowledged?.includes(uid)).map(({ uid }) => uid);
  const watched = author.uid === room.me || room.role === 'manager';
  const lines = lhash === newest ? [['acknowledged', said.acknowledged], ...(watched && body.ack_by
    ? [['read', said.read], ['received', said.received], ['missing', missing]] : [])] : [];
  fill(row, {
    terms: [`${word('version')} ${body.version}`, day('valid', body.valid_to), day('ack', body.ack_by)].filter(Boolean).join(' · '),
    withdrawn: withdrawn === null ? '' : `${word('withdrawn_because')} ${withdrawn}`,
    acknowledged: lines.filter(([, who]) => who?.length)
      .map(([kind, who]) => `${word(kind)} ${who.map((uid) => names.get(uid)).join(', ')}`).join('\n'),
  });
  row.querySelector('[data-field="withdrawn"]').hidden = withdrawn === null;
}

/** @param {HTMLElement} root @param {HTMLElement} row @param {any} body @param {any[]} answers feedback that names it */
function showForm(root, row, { form, fields }, answers, word) {
  const part = root.querySelector(`[data-part="${form}"]`), results = root.querySelector('[data-part="T-06"]').elements.result;
  showPart(root, row, fields, part, word('doubt'));
  const said = answers.map(({ author, body }) =>
    `${[...results].find(({ value }) => value === body.fields.result).text} (${author.name})`);
  fill(row, {
    subject: part.querySelector('legend').textContent,
    acknowledged: said.length ? `${word('feedback')} ${said.join(', ')}` : '',
  });
}

function showActs(row, { lhash, author, body, bulletin, standing }, room) {
  const own = author.uid === room.me, { states = [], newest = '', withdrawn } = bulletin ?? {};
  const changes = own && newest === lhash && withdrawn === null && room.writes;
  const acts = {
    acknowledge: states.includes('due') || states.includes('overdue'),
    feedback: room.writes && body?.form === 'T-01',
    newVersion: changes,
    withdraw: changes,
    takeBack: body && !room.closed && (own || room.role === 'manager'),
    goTo: body?.re,
    newer: newest && newest !== lhash,
    printOne: body,
    vouch: standing === 'withdrawn',
  };
  for (const [act, may] of Object.entries(acts)) {
    const button = row.querySelector(`[data-act="${act}"]`);
    button.hidden = !may;
    button.dataset.lhash = { goTo: body?.re ?? '', newer: newest }[act] ?? lhash;
  }
}
