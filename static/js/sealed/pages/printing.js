/** A bulletin or a room on paper: its handling stands on every page. */

import { fill } from './rows.js';

const TLP = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'];

/** How something may be passed on, in one line. @param {any} handling */
export const handlingLine = ({ tlp, pap, codes, grading }) =>
  [`TLP:${tlp}`, pap && `PAP:${pap}`, ...codes, grading].filter(Boolean).join(' · ');

/**
 * Prints these rows of a room, under the strictest handling among them.
 * @param {HTMLElement} root
 * @param {{name: string}} room
 * @param {any[]} messages what is printed
 * @param {string} by who prints
 */
export function printed(root, room, messages, by) {
  const strictest = messages.map(({ body }) => body?.handling).filter(Boolean)
    .sort((a, b) => TLP.indexOf(b.tlp) - TLP.indexOf(a.tlp))[0];
  const line = [strictest && handlingLine(strictest), room.name, by, new Date().toISOString().slice(0, 16)].filter(Boolean).join(' · ');
  const wanted = new Set(messages.map(({ lhash }) => lhash));
  const rows = [...root.querySelectorAll('[data-list="messages"] > li')].filter(({ dataset }) => !wanted.has(dataset.lhash));
  rows.forEach((row) => row.classList.add('screen-only'));
  document.documentElement.style.setProperty('--on-each-page', JSON.stringify(line));
  fill(root, { printed: line });
  addEventListener('afterprint', () => rows.forEach((row) => row.classList.remove('screen-only')), { once: true });
  globalThis.print();
}
