// Where keys will live: no page sees them. Answers {id, verb, …} with {id, verb, answer} or {id, verb, refused}.
import { native } from './native.js';
import { stretch } from './passphrase.js';

// Argon2id of `passphrase` under a salt of sixteen zero bytes, by another implementation.
const KNOWN = '28722fee433c1901f6a152fcb11ef0f85147de0a1b4fb35097b900e6ed0488aa';

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

// One verb, one function: the modules of the protocol add theirs here.
const verbs = {
  ready: () => native(),
  async tryPassphrase() {
    const began = performance.now();
    const right = hex(await stretch('passphrase', new Uint8Array(16))) === KNOWN;
    return { right, milliseconds: Math.round(performance.now() - began) };
  },
};

addEventListener('message', async ({ data: { id, verb, given } }) => {
  try {
    if (!Object.hasOwn(verbs, verb)) throw new Error('unknown verb');
    postMessage({ id, verb, answer: await verbs[verb](given) });
  } catch (problem) {
    postMessage({ id, verb, refused: problem.message });
  }
});
