/** What a message says once it is open: closed maps by type (sealed-protocol §8). */

import { dec, enc, isMap } from '../checks/cbor.js';
import { LARGEST_FILE, MOST_FILES } from '../checks/messages.js';
import {
  HASH, ID, TIME, closed, number, octets, oneOf, openField, orNull, prose, several, text,
} from '../checks/schema.js';
import { Code, Refused } from '../refusals.js';
import { FORMS } from './forms.js';

/** @typedef {import('../checks/schema.js').Rule} Rule */

/** Characters. */
export const LONGEST_BODY = 100_000;
export const DESCRIPTOR = closed({
  aid: ID,
  key: octets(32),
  size: number(0, LARGEST_FILE),
  csize: number(1, 2 * LARGEST_FILE),
  ph: octets({ most: 32 * 256 }),
  name: text(),
  type: text(),
});
export const HANDLING = closed({
  tlp: oneOf('RED', 'AMBER+STRICT', 'AMBER', 'GREEN', 'CLEAR'),
  pap: orNull(oneOf('RED', 'AMBER', 'GREEN', 'CLEAR')),
  codes: several(text({ most: 16 }), { most: 16 }),
  grading: orNull(text({ most: 16 })),
});
const ALWAYS = {
  t: text({ most: 16 }),
  body: prose({ most: LONGEST_BODY }),
  files: several(DESCRIPTOR, { most: MOST_FILES }),
  re: orNull(HASH),
};

/** @param {Record<string, Rule>} further @returns {Rule} */
const bodyWith = (further) => closed({ ...ALWAYS, ...further }, { x: openField });

/** @type {Map<string, Rule>} */
const BODIES = new Map(Object.entries({
  msg: bodyWith({}),
  bulletin: bodyWith({
    subj: text(),
    handling: HANDLING,
    to: several(ID, { most: 200 }),
    valid_to: orNull(TIME),
    ack_by: orNull(TIME),
    version: number(1, 999),
  }),
  ack: bodyWith({ kind: oneOf('received', 'read', 'acknowledged'), re: HASH }),
  withdraw: bodyWith({ re: HASH }),
}));
/** @type {Map<string, Rule>} */
const FORM_BODIES = new Map(Object.entries(FORMS).map(([form, fields]) => [
  form,
  bodyWith({ form: oneOf(form), v: oneOf(1), fields, ...(form === 'T-06' ? { re: HASH } : {}) }),
]));

/** Refused: `schema`, `newer`. @param {any} body */
export function requireBody(body) {
  const kind = isMap(body) ? body.t : null;
  if (typeof kind !== 'string') throw new Refused(Code.SCHEMA);
  if (kind === 'form') {
    const rule = typeof body.form === 'string' && FORM_BODIES.get(body.form);
    if (!rule) throw new Refused(Code.NEWER);
    rule(body, body.form);
    return;
  }
  const rule = BODIES.get(kind);
  if (!rule) throw new Refused(Code.NEWER);
  rule(body, kind);
}

/** Refused: `cbor`, `schema`, `newer`. @param {unknown} plain @returns {Record<string, any>} */
export function readBody(plain) {
  const body = dec(plain);
  requireBody(body);
  return body;
}

/** Refused: `schema`, `newer`. @param {Record<string, any>} body */
export function writeBody(body) {
  requireBody(body);
  return enc(body);
}
