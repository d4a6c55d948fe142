/** The messages of a room: who said what, how it stands, what can be done with it. */

import { fill, list } from './rows.js';

const SECONDS = 1000, KIBIBYTE = 1024;

/** Acknowledgements are shown at what they acknowledge; a message that only takes back is not shown. */
const isShown = ({ body }) => body?.t !== 'ack' && !(body?.t === 'msg' && !body.body && !body.files.length);

/**
 * @param {HTMLElement} root
 * @param {any} room as the worker tells it
 * @param {(name: string) => string} word of the template
 */
export function showMessages(root, room, word) {
  const acknowledged = new Map();
  for (const { body, author } of room.messages) {
    if (body?.t === 'ack') acknowledged.set(body.re, [...acknowledged.get(body.re) ?? [], author]);
  }
  list(root, 'messages', room.messages.filter(isShown), (row, message) => {
    const by = acknowledged.get(message.lhash) ?? [];
    showText(row, message, by, word);
    showActs(row, message, room, by);
    list(root, 'attached', message.body?.files ?? [], (line, file) => {
      fill(line, { name: file.name, size: `${Math.ceil(file.size / KIBIBYTE)} KiB` });
      const { dataset } = line.querySelector('[data-act]');
      Object.assign(dataset, { lhash: message.lhash, at: message.body.files.indexOf(file) });
    }, row);
  });
}

function showText(row, { author, at, standing, sentence, body, claim, missing, doubled }, acknowledged, word) {
  const when = new Date(at * SECONDS);
  const names = [...new Set(acknowledged.map(({ name }) => name))].join(', ');
  const marks = [missing && word('found_missing'), doubled && word('found_doubled')];
  const said = [standing === 'trusted' ? '' : word(standing) || sentence, ...marks].filter(Boolean).join(' ');
  fill(row, {
    author: author.name || author.uid,
    administration: author.administration,
    when: when.toLocaleString(document.documentElement.lang),
    subject: body?.subj ?? '',
    text: body?.body ?? claim,
    standing: said,
    acknowledged: names && `${word('acknowledged')} ${names}`,
  });
  row.querySelector('time').dateTime = when.toISOString();
  row.querySelector('[data-field="subject"]').hidden = !body?.subj;
  row.querySelector('[data-field="standing"]').hidden = !said;
  const handling = row.querySelector('[data-handling]');
  handling.hidden = !body?.handling;
  if (!body?.handling) return;
  const { tlp, pap, codes, grading } = body.handling;
  handling.textContent = [`TLP:${tlp}`, pap && `PAP:${pap}`, ...codes, grading].filter(Boolean).join(' · ');
}

function showActs(row, { lhash, author, body, standing }, room, acknowledged) {
  const acknowledge = row.querySelector('[data-act="acknowledge"]'), takeBack = row.querySelector('[data-act="takeBack"]');
  const asks = body?.t === 'bulletin' && body.ack_by && author.uid !== room.me;
  const done = acknowledged.some(({ uid }) => uid === room.me);
  acknowledge.hidden = !asks || done || room.role === 'reader';
  takeBack.hidden = !body || room.closed || !(author.uid === room.me || room.role === 'manager');
  const vouch = row.querySelector('[data-act="vouch"]');
  vouch.hidden = standing !== 'withdrawn';
  vouch.dataset.lhash = acknowledge.dataset.lhash = takeBack.dataset.lhash = lhash;
}
