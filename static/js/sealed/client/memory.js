/** What this browser remembers between visits: pins that never go back, findings, and a held key that cannot be read. */

const NAME = 'opencen-sealed', ACCOUNTS = 'accounts', SEEN = 'seen';

/** @returns {Promise<IDBDatabase>} */
const opened = () => new Promise((resolve, reject) => {
  const request = indexedDB.open(NAME, 2);
  request.onupgradeneeded = () => {
    const { result } = request;
    for (const store of [ACCOUNTS, SEEN]) {
      if (!result.objectStoreNames.contains(store)) result.createObjectStore(store);
    }
  };
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/**
 * What the requests answered that `act` made, once all of it is on the disk.
 * @param {IDBTransactionMode} mode
 * @param {string} name
 * @param {(store: IDBObjectStore) => IDBRequest[]} act
 * @returns {Promise<any[]>}
 */
async function within(mode, name, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode);
      const requests = act(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(requests.map(({ result }) => result));
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/**
 * Of one account at this browser.
 * @typedef {object} Remembered
 * @property {[number, string]} [keyset] revision and SHA-256
 * @property {{dev: Uint8Array, key: CryptoKey}} [held] what this device adds to the passphrase
 * @property {Uint8Array} [device] the name of this device for pins
 * @property {Record<string, any>} [pending] a prepared reset, sealed under the new passphrase
 */

/** @param {string} account @returns {Promise<Remembered>} */
export const recall = async (account) =>
  (await within('readonly', ACCOUNTS, (store) => [store.get(account)]))[0] ?? {};

/** @param {string} account @param {Remembered} remembered */
export const remember = async (account, remembered) => {
  await within('readwrite', ACCOUNTS, (store) => [store.put(remembered, account)]);
};

/** All that was kept of an account, by name. @param {string} account @returns {Promise<[string, any][]>} */
export async function recallSeen(account) {
  const all = IDBKeyRange.bound([account], [account, []]);
  const [names, values] = await within('readonly', SEEN, (store) => [store.getAllKeys(all), store.getAll(all)]);
  return names.map(([, name], at) => [name, values[at]]);
}

/**
 * Keeps these; what begins with a number never goes back behind a higher one, whichever tab was faster.
 * @param {string} account
 * @param {Iterable<[string, any]>} entries an undefined value is forgotten
 */
export const keepSeen = (account, entries) => within('readwrite', SEEN, (store) => [...entries].map(([name, value]) => {
  const key = [account, name], request = store.get(key);
  request.onsuccess = () => {
    if (value === undefined) store.delete(key);
    else if (!(request.result?.[0] > value[0])) store.put(value, key);
  };
  return request;
}));
