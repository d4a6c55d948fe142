// The page that tells what this browser can do. Every sentence stands in the template; here they are only shown.
const show = (row, state) => {
  row.querySelectorAll('[data-when]').forEach((sentence) => { sentence.hidden = sentence.dataset.when !== state; });
  row.dataset.state = state;
};

/** Fills the rows of the table from the worker's answers; a row without an answer says that it failed. */
export const showAbilities = async (table, ask) => {
  const row = (name) => table.querySelector(`[data-ability="${name}"]`);
  try {
    Object.entries(await ask('ready')).forEach(([name, has]) => show(row(name), has ? 'native' : 'bundled'));
    show(row('worker'), 'right');
  } catch {
    show(row('worker'), 'failed');
  }
  try {
    const { right, milliseconds } = await ask('tryPassphrase');
    table.querySelector('[data-milliseconds]').textContent = milliseconds;
    table.querySelector('[data-took]').hidden = false;
    show(row('passphrase'), right ? 'right' : 'failed');
  } catch {
    show(row('passphrase'), 'failed');
  }
  ask.end();
  table.setAttribute('aria-busy', 'false');
};
