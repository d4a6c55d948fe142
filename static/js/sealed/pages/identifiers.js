/** Numbers on boxes, ships and papers: whether they can be right. A doubt is told and never bars. */

/** @type {Record<string, (value: string) => boolean>} */
const CHECKS = {
  /** ISO 6346: owner, category, serial number and check digit. */
  container: (value) => /^[A-Z]{3}[UJZR]\d{7}$/u.test(value) && String(checkDigit(value)) === value[10],
  /** The weighted sum of six digits ends in the seventh. */
  imo: (value) => /^[1-9]\d{6}$/u.test(value)
    && [...value].slice(0, 6).reduce((sum, digit, at) => sum + digit * (7 - at), 0) % 10 === Number(value[6]),
  /** Harmonized System: chapter and heading, with or without its subdivisions. */
  hs: (value) => /^\d{4}(\d{2}){0,3}$/u.test(value),
  /** UN/LOCODE, or the country alone. */
  place: (value) => /^[A-Z]{2}([A-Z2-9]{3})?$/u.test(value),
};

/** Letters count from 10 on and leave out the multiples of 11. @param {string} value */
const checkDigit = (value) => [...value].slice(0, 10).reduce((sum, letter, at) => {
  const place = parseInt(letter, 36);
  return sum + (place > 9 ? place + Math.floor((place - 1) / 10) : place) * 2 ** at;
}, 0) % 11 % 10;

/** Without spaces, hyphens and points, in capitals, as it is sent. @param {string} value */
export const compact = (value) => value.replace(/[\s.\-/]+/gu, '').toUpperCase().replace(/^IMO(?=\d)/u, '');

/** @param {string} kind @param {string} value as people write it: another client may have sent it so */
export const isDoubtful = (kind, value) => !CHECKS[kind](compact(value));
