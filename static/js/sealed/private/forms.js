/**
 * Fields of the first sealed forms: warning T-01, feedback T-06, short seizure report T-08.
 *
 * Identifiers are checked where they are typed (a warning, never a bar); here only shapes are.
 */

import { TIME, closed, number, oneOf, orNull, prose, several, text } from '../checks/schema.js';

const LINE = orNull(text());
const PLACE = orNull(text({ most: 16 }));
const CODE = text({ most: 24 });
export const RESULTS = [
  'not_arrived',
  'not_located',
  'released_before',
  'control_not_possible',
  'documents_only',
  'scanned',
  'inspected',
  'sampled',
  'conform',
  'irregular',
  'seized',
  'pending_laboratory',
];

/** @type {Record<string, import('../checks/schema.js').Rule>} */
export const FORMS = {
  'T-01': closed({
    container: text({ most: 16 }),
    size_type: PLACE,
    seal: LINE,
    vessel: LINE,
    imo: PLACE,
    voyage: LINE,
    carrier: LINE,
    bill_of_lading: LINE,
    port_of_loading: PLACE,
    departs: orNull(TIME),
    transhipment: PLACE,
    port_of_discharge: PLACE,
    arrives: orNull(TIME),
    consignor: LINE,
    consignee: LINE,
    notify: LINE,
    declared_goods: LINE,
    hs: orNull(text({ most: 12 })),
    packages: orNull(number()),
    gross_grams: orNull(number()),
    risk: CODE,
    indicators: several(CODE, { most: 20 }),
    action: text(),
    discreet: orNull(oneOf('RED', 'AMBER', 'GREEN', 'CLEAR')),
    why_not_here: orNull(prose({ most: 1000 })),
    answer_by: TIME,
  }),
  'T-06': closed({
    result: oneOf(...RESULTS),
    reason: LINE,
    at: orNull(TIME),
    unit: LINE,
    techniques: several(CODE, { most: 20 }),
    minutes: orNull(number(0, 100_000)),
    usefulness: orNull(number(1, 5)),
    indicators: several(CODE, { most: 20 }),
  }),
  'T-08': closed({
    date: text({ most: 10 }),
    office: text(),
    location: CODE,
    direction: CODE,
    mode: CODE,
    category: CODE,
    goods: text(),
    quantity: text({ most: 24 }),
    unit: CODE,
    departure: PLACE,
    destination: PLACE,
    trigger: CODE,
    concealed: oneOf('yes', 'no', 'unknown'),
  }),
};
