// Comfort only: every page of the portal works without this file.
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// --- Keys: / search, ? sheet, j k rows, x tick, g + letter to a page. Switched off in the sheet. ---
const SWITCH = 'opencen-keys';
const sheet = one('#keys');
const keysOff = () => {
  try { return localStorage.getItem(SWITCH) === 'off'; } catch { return false; }
};
const typing = (target) => target.closest?.('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]');
const rows = () => all('main tbody tr, main .list > li').filter((row) => one('a', row));
const step = (by) => {
  const list = rows();
  const here = list.findIndex((row) => row.contains(document.activeElement));
  const next = list[Math.max(0, Math.min(list.length - 1, here + by))];
  if (!next) return;
  one('th a, a', next).focus();
  next.scrollIntoView({ block: 'nearest' });
};
const acts = {
  '/': () => one('#search')?.focus(),
  '?': () => sheet?.showModal(),
  j: () => step(1),
  k: () => step(-1),
  x: () => one('input[type=checkbox]', document.activeElement.closest('tr') ?? undefined)?.click(),
};
let chordUntil = 0;
addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) || one('dialog[open]') || keysOff()) return;
  const chord = performance.now() < chordUntil;
  chordUntil = 0;
  if (chord) {
    const link = all('.nav [data-key]').find((item) => item.dataset.key === event.key);
    if (link) { event.preventDefault(); location.assign(link.href); return; }
  }
  if (event.key === 'g') { chordUntil = performance.now() + 1500; return; }
  if (event.key === 'x' && !document.activeElement.closest('tr')) return;
  if (Object.hasOwn(acts, event.key)) { event.preventDefault(); acts[event.key](); }
});
if (sheet) {
  all('[data-opens-keys]').forEach((button) => {
    button.hidden = false;
    button.addEventListener('click', () => sheet.showModal());
  });
  const box = one('[data-keys-switch]', sheet);
  box.checked = !keysOff();
  box.addEventListener('change', () => {
    try { localStorage.setItem(SWITCH, box.checked ? 'on' : 'off'); } catch { /* storage refused: keys stay on */ }
  });
}

// --- Forms: warn before answers are lost; send once. ---
let unsaved = false;
all('form[data-guard]').forEach((form) => {
  if (one('.error-summary', form)) unsaved = true; // a refused form came back with answers that are not saved
  form.addEventListener('input', () => { unsaved = true; });
});
addEventListener('beforeunload', (event) => { if (unsaved) event.preventDefault(); });
addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  if (form.dataset.sending) { event.preventDefault(); return; }
  form.dataset.sending = 'yes';
  unsaved = false;
  // aria-disabled, not disabled: the pressed button must still send its name and value.
  all('button:not([type=button])', form).forEach((button) => button.setAttribute('aria-disabled', 'true'));
});
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  all('form[data-sending]').forEach((form) => {
    delete form.dataset.sending;
    all('[aria-disabled]', form).forEach((button) => button.removeAttribute('aria-disabled'));
  });
});
one('.error-summary')?.focus();

// --- Lists: one box ticks all; the bar says how many. ---
all('[data-tick-all]').forEach((master) => {
  const table = master.closest('table');
  const boxes = all('tbody .select input[type=checkbox]', table);
  const counter = one('[data-ticked]', master.closest('.table-wrap') ?? document);
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    master.checked = ticked > 0 && ticked === boxes.length;
    master.indeterminate = ticked > 0 && ticked < boxes.length;
    if (counter) counter.textContent = ticked;
  };
  master.closest('[hidden]')?.removeAttribute('hidden');
  master.addEventListener('change', () => { boxes.forEach((box) => { box.checked = master.checked; }); show(); });
  table.addEventListener('change', show);
  show();
});

// --- Menus close by Escape, by a click elsewhere, and when the focus leaves. ---
const shut = (menu, focus) => {
  menu.open = false;
  if (focus) one('summary', menu).focus();
};
addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  all('details.menu[open]').forEach((menu) => shut(menu, menu.contains(document.activeElement)));
});
addEventListener('click', (event) => {
  all('details.menu[open]').filter((menu) => !menu.contains(event.target)).forEach((menu) => shut(menu));
});
addEventListener('focusin', (event) => {
  all('details.menu[open]').filter((menu) => !menu.contains(event.target)).forEach((menu) => shut(menu));
});

// --- A page that waits for a worker looks again after data-reload seconds, while somebody looks at it. ---
all('[data-reload]').forEach((part) => {
  const again = () => {
    if (document.hidden) document.addEventListener('visibilitychange', again, { once: true });
    else location.reload();
  };
  setTimeout(again, Math.max(2, Number(part.dataset.reload) || 5) * 1000);
});
all('[data-print]').forEach((button) => {
  button.hidden = false;
  button.addEventListener('click', () => print());
});
