/** Typed parts of what is written: read from the page's fields, checked beside them, and shown by the same labels. */

import { compact, isDoubtful } from './identifiers.js';
import { fill, list } from './rows.js';

const SECONDS = 1000;

/** @param {HTMLInputElement | HTMLSelectElement} control */
function typed({ value, type, dataset }) {
  const said = value.trim().normalize('NFC');
  if (!said) return null;
  if (dataset.check) return compact(said);
  if (type === 'datetime-local') return Date.parse(`${said}Z`) / SECONDS;
  return type === 'number' || dataset.times ? Math.round(said * (dataset.times ?? 1)) : said;
}

/** The fields of a part by name; boxes of one name are a list. @param {HTMLFieldSetElement} part */
export function typedPart(part) {
  /** @type {Record<string, any>} */
  const fields = {};
  for (const control of part.elements) {
    const { name } = control;
    if (control.type !== 'checkbox') {
      if (name) fields[name] = typed(control);
      continue;
    }
    fields[name] ??= [];
    if (control.checked) fields[name].push(control.value);
  }
  return fields;
}

/**
 * Marks what is wrong beside its field, and goes to the first; what is only doubtful passes when it is sent again.
 * @param {HTMLFormElement} form
 * @param {(name: string) => string} word
 */
export function faults(form, word) {
  form.querySelectorAll('.error').forEach((one) => one.remove());
  const wrong = [...form.elements].filter((control) => {
    const fault = control.willValidate && faultOf(control, word);
    control.removeAttribute('aria-invalid');
    if (!fault) return false;
    const said = Object.assign(document.createElement('p'), { className: 'error', id: `${control.id}-error`, textContent: fault });
    control.setAttribute('aria-invalid', 'true');
    control.setAttribute('aria-describedby', `${control.dataset.hint ??= control.getAttribute('aria-describedby') ?? ''} ${said.id}`);
    control.before(said);
    return true;
  });
  wrong[0]?.focus();
  return wrong.length > 0;
}

function faultOf(control, word) {
  const { dataset, validity, validationMessage } = control;
  if (!validity.valid) return validationMessage;
  const said = dataset.check && typed(control);
  if (!said || !isDoubtful(dataset.check, said) || dataset.doubted === said) return '';
  dataset.doubted = said;
  return `${word(`doubt_${dataset.check}`)} ${word('doubt_again')}`;
}

/**
 * The said fields under the labels of the part in which they are written.
 * @param {HTMLElement} root
 * @param {HTMLElement} row
 * @param {Record<string, any>} fields
 * @param {HTMLFieldSetElement} part
 * @param {string} doubt what is said of a doubtful number
 */
export function showPart(root, row, fields, part, doubt) {
  const controls = new Map([...part.elements].filter(({ name }) => name).map((control) => [control.name, control]));
  const lines = [...controls].filter(([name]) => fields[name] !== null && fields[name].length !== 0);
  list(root, 'fields', lines, (line, [name, control]) => {
    const boxes = control.type === 'checkbox';
    const label = boxes ? control.closest('fieldset').firstElementChild : control.labels[0];
    const value = boxes ? fields[name].map((code) => named(part, name, code)).join(', ') : shown(control, fields[name]);
    const doubtful = control.dataset.check && isDoubtful(control.dataset.check, value);
    fill(line, { label: label.firstChild.textContent, value, doubt: doubtful ? doubt : '' });
  }, row);
}

/** A code by the label of its box. */
function named(part, name, code) {
  const box = part.querySelector(`[name="${name}"][value="${CSS.escape(code)}"]`);
  return box?.labels[0].textContent.trim() ?? code;
}

function shown({ options, type, dataset }, value) {
  if (options) return [...options].find((one) => one.value === String(value))?.text ?? value;
  if (type === 'datetime-local') return `${new Date(value * SECONDS).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return String(dataset.times ? value / dataset.times : value);
}
