// The page's side of sealed pages: starts the worker that is embedded here, and asks it by promises.
import source from 'worker-source';
import { showAbilities } from './abilities.js';
import { openDesk } from './pages/desk.js';

// Made once and at once, so that no other script takes the name; it passes the one address made below.
let own = '';
const policy = globalThis.trustedTypes?.createPolicy('opencen-sealed', {
  createScriptURL(address) {
    if (!own || address !== own) throw new TypeError('not the worker of this page');
    return address;
  },
});

/**
 * Starts the worker. The answer is `ask(verb, given, progress?)`, a promise of what the worker answers; `ask.end()` ends it.
 * From a blob the worker's code is covered by the hash of this file and runs under the page's content policy.
 */
export const openWorker = () => {
  own = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(policy ? policy.createScriptURL(own) : own);
  URL.revokeObjectURL(own);
  own = '';
  const open = new Map();
  let last = 0;
  const fail = (reason) => {
    open.forEach(({ reject }) => reject(new Error(reason)));
    open.clear();
  };
  worker.addEventListener('message', ({ data: { id, answer, refused, done, all } }) => {
    const asked = open.get(id);
    if (all !== undefined) {
      asked?.progress?.(done, all);
      return;
    }
    open.delete(id);
    if (refused === undefined) asked?.resolve(answer);
    else asked?.reject(new Error(refused));
  });
  worker.addEventListener('error', () => fail('the worker failed'));
  const ask = (verb, given, progress) => new Promise((resolve, reject) => {
    open.set(++last, { resolve, reject, progress });
    worker.postMessage({ id: last, verb, given });
  });
  ask.end = () => { worker.terminate(); fail('the worker has ended'); };
  return ask;
};

const abilities = document.querySelector('[data-abilities]');
if (abilities) showAbilities(abilities, openWorker());
const desk = document.querySelector('[data-sealed-desk]');
if (desk) openDesk(desk, openWorker);
