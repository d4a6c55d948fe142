/** What the tests of the browser's client call in the page: its verbs, without the worker around them. */

import { PATIENCE } from '../../../static/js/sealed/client/inbox.js';
import { keepSeen, recallSeen } from '../../../static/js/sealed/client/memory.js';
import { verbs } from '../../../static/js/sealed/client/verbs.js';

let ahead = 0;
const clock = Date.now.bind(Date);
Date.now = () => clock() + ahead;

let writes = 0;
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function counted(...given) {
  writes++;
  return put.apply(this, given);
};

/** However the desk words it: a message of the simplest kind. */
const post = ({ gid, text, files }, progress) => (verbs.say
  ? verbs.say({ gid, body: { t: 'msg', body: text, re: null }, files }, progress)
  : verbs.post({ gid, text, files }, progress));

globalThis.desk = {
  PATIENCE,
  keepSeen,
  recallSeen,
  /** Records written to the disk so far. */
  writes: () => writes,
  /** Seconds by which this browser's clock is ahead. */
  ahead(seconds) {
    ahead = seconds * 1000;
  },
  /** Bytes come and go as lists of numbers where the wire has none of its own. */
  async ask(verb, given) {
    const { passkey, files, ...rest } = given;
    const bytes = passkey && { credential: Uint8Array.from(passkey.credential), output: Uint8Array.from(passkey.output) };
    const asked = { ...rest, ...(bytes ? { passkey: bytes, ...bytes } : {}) };
    if (files) asked.files = files.map(([name, size]) => new File([new Uint8Array(size).fill(7)], name));
    try {
      const answer = await (verb === 'post' ? post : verbs[verb])(asked, () => {});
      return { answer: answer instanceof Blob ? [...new Uint8Array(await answer.arrayBuffer())].length : answer };
    } catch (error) {
      if (!error.code) throw error;
      return { refused: error.code, sentence: error.message };
    }
  },
  forget: () => new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('opencen-sealed');
    request.onsuccess = resolve;
    request.onerror = request.onblocked = () => reject(new Error('not forgotten'));
  }),
};
