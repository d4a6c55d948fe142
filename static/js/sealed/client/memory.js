/** What this browser remembers between visits: pins that never go back, and a held key that cannot be read. */

const NAME = 'opencen-sealed', STORE = 'accounts';

/** @returns {Promise<IDBDatabase>} */
const opened = () => new Promise((resolve, reject) => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} act
 * @returns {Promise<T>}
 */
async function within(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const request = act(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } finally {
    database.close();
  }
}

/**
 * Of one account at this browser.
 * @typedef {object} Remembered
 * @property {string} [net] the network's id, as it was first seen
 * @property {Record<string, [number, string]>} chains by kind and id: number and hash of the newest link seen
 * @property {Record<string, [number, string]>} orders by group: count and M of the messages seen
 * @property {[number, string]} [keyset] revision and SHA-256
 * @property {{dev: Uint8Array, key: CryptoKey}} [held] what this device adds to the passphrase
 * @property {Record<string, any>} [pending] a prepared reset, sealed under the new passphrase
 */

/** @param {string} account @returns {Promise<Remembered>} */
export const recall = async (account) =>
  (await within('readonly', (store) => store.get(account))) ?? { chains: {}, orders: {} };

/** @param {string} account @param {Remembered} remembered */
export const remember = async (account, remembered) => {
  await within('readwrite', (store) => store.put(remembered, account));
};
