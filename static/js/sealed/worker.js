// Where keys live: no page sees them. Answers {id, verb, …} with {id, answer}, {id, refused}, and {id, done, all}.
import { hex } from './checks/bytes.js';
import { verbs as ofTheDesk } from './client/verbs.js';
import { native } from './native.js';
import { Stretching } from './private/slots.js';

// Argon2id of `passphrase` under a salt of sixteen zero bytes, by another implementation.
const KNOWN = '28722fee433c1901f6a152fcb11ef0f85147de0a1b4fb35097b900e6ed0488aa';

const verbs = {
  ...ofTheDesk,
  ready: () => native(),
  async tryPassphrase() {
    const began = performance.now();
    const right = hex(await new Stretching(new Uint8Array(16)).stretched('passphrase')) === KNOWN;
    return { right, milliseconds: Math.round(performance.now() - began) };
  },
};

addEventListener('message', async ({ data: { id, verb, given } }) => {
  const progress = (done, all) => postMessage({ id, done, all });
  try {
    if (!Object.hasOwn(verbs, verb)) throw new Error('unknown verb');
    postMessage({ id, answer: await verbs[verb](given, progress) });
  } catch (problem) {
    postMessage({ id, refused: problem.message, code: problem.code });
  }
});
