/** Rows of lists, cloned from the template; whatever is foreign becomes text. */

/** @param {Element} within @param {Record<string, any>} fields */
export function fill(within, fields) {
  for (const [name, value] of Object.entries(fields)) {
    within.querySelectorAll(`[data-field="${name}"]`).forEach((one) => { one.textContent = String(value ?? ''); });
  }
}

/**
 * @param {HTMLElement} root where the templates stand
 * @param {string} name
 * @param {any[]} items
 * @param {(row: HTMLElement, item: any) => void} fillRow
 * @param {HTMLElement} [within]
 */
export function list(root, name, items, fillRow, within = root) {
  const template = root.querySelector(`template[data-row="${name}"]`);
  within.querySelector(`[data-list="${name}"]`).replaceChildren(...items.map((item) => {
    const row = template.content.firstElementChild.cloneNode(true);
    fillRow(row, item);
    return row;
  }));
  const none = root.querySelector(`[data-none="${name}"]`);
  if (none) none.hidden = items.length > 0;
}

/** Offers a file to be saved. @param {Blob} blob @param {string} name */
export function offered(blob, name) {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** @param {HTMLSelectElement} select @param {[string, string][]} pairs value and text */
export const options = (select, pairs) => select.replaceChildren(...pairs.map(([value, textContent]) =>
  Object.assign(document.createElement('option'), { value, textContent })));
