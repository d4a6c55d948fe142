/** The server as the browser asks it (docs/sealed-api.md). Every answer is a claim of a possible adversary. */

import { fromBase64url, toBase64url } from '../checks/base64url.js';
import { fromHex, hex } from '../checks/bytes.js';

/** The server declined: `code` from its problem document, the message a sentence for people. */
export class ServerSaidNo extends Error {
  /** @param {number} status as in HTTP; 0 when it was not reached @param {string} code @param {string} sentence */
  constructor(status, code, sentence) {
    super(sentence);
    this.name = 'ServerSaidNo';
    this.status = status;
    this.code = code;
  }
}

/** @typedef {{rev: number, ct: Uint8Array, slots: Uint8Array[]}} KeyStore */

export class Server {
  #base;
  #formSecret;

  /** @param {string} origin of the portal @param {string} formSecret for whatever writes */
  constructor(origin, formSecret) {
    this.#base = `${origin}/api/v1/sealed/`;
    this.#formSecret = formSecret;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object | Uint8Array} [sent]
   */
  async #ask(method, path, sent) {
    const bytes = sent instanceof Uint8Array;
    const headers = { 'X-CSRFToken': this.#formSecret };
    if (sent) headers['Content-Type'] = bytes ? 'application/octet-stream' : 'application/json';
    const body = sent && (bytes ? sent : JSON.stringify(sent));
    let answer;
    try {
      answer = await fetch(this.#base + path, { method, headers, body, credentials: 'same-origin', cache: 'no-store' });
    } catch {
      throw new ServerSaidNo(0, 'offline', 'The server was not reached. Nothing is lost; try again.');
    }
    if (answer.ok) return answer;
    const problem = await answer.json().catch(() => ({}));
    throw new ServerSaidNo(answer.status, problem.code ?? 'error', problem.title ?? `The server answered ${answer.status}.`);
  }

  /** @param {string} path */
  async #get(path) {
    return (await this.#ask('GET', path)).json();
  }

  /** @param {number} after @returns {Promise<{index: number, kind: string, raw: Uint8Array}[]>} */
  async directory(after) {
    const { links } = await this.#get(`directory?after=${after}`);
    return links.map(({ index, kind, link }) => ({ index, kind, raw: fromBase64url(link) }));
  }

  /** @param {string} kind @param {Uint8Array} raw @param {object} [store] with the key store that it replaces */
  async tell(kind, raw, store) {
    await this.#ask('POST', 'directory', { kind, link: toBase64url(raw), ...(store ? { store } : {}) });
  }

  /** @returns {Promise<{id: string, seq: number, count: number}[]>} */
  async groups() {
    return (await this.#get('groups')).groups;
  }

  /** @param {string} gid @param {number} after @returns {Promise<Uint8Array[]>} */
  async links(gid, after) {
    return (await this.#get(`groups/${gid}/links?after=${after}`)).links.map(fromBase64url);
  }

  /** @param {Uint8Array} raw */
  async found(raw) {
    await this.#ask('POST', 'groups', { link: toBase64url(raw) });
  }

  /** @param {string} gid @param {Uint8Array} raw @param {Uint8Array[]} wraps */
  async turn(gid, raw, wraps) {
    await this.#ask('POST', `groups/${gid}/links`, { link: toBase64url(raw), wraps: wraps.map(toBase64url) });
  }

  /** @param {string} gid @param {number} n @returns {Promise<Uint8Array[]>} */
  async wraps(gid, n) {
    return (await this.#get(`groups/${gid}/wraps?n=${n}`)).wraps.map(fromBase64url);
  }

  /** @param {string} gid @param {number} after @returns {Promise<Uint8Array[]>} */
  async order(gid, after) {
    return (await this.#get(`groups/${gid}/order?after=${after}`)).lhashes.map(fromBase64url);
  }

  /** @param {string} gid @param {number} after */
  async messages(gid, after) {
    const { messages } = await this.#get(`groups/${gid}/messages?after=${after}`);
    return messages.map(({ i, message, ct, received_at: receivedAt }) =>
      ({ i, raw: fromBase64url(message), ct: ct === null ? null : fromBase64url(ct), receivedAt }));
  }

  /** @param {string} gid @param {Uint8Array} raw @param {Uint8Array} ct @returns {Promise<number>} */
  async post(gid, raw, ct) {
    const sent = { message: toBase64url(raw), ct: toBase64url(ct) };
    return (await (await this.#ask('POST', `groups/${gid}/messages`, sent)).json()).i;
  }

  /** @param {string} gid @param {Uint8Array} aid @param {number} csize @returns {Promise<Set<number>>} parts there */
  async beginFile(gid, aid, csize) {
    const answer = await this.#ask('POST', `groups/${gid}/files`, { aid: toBase64url(aid), csize });
    return new Set((await answer.json()).parts);
  }

  /** @param {string} gid @param {string} aid @param {number} number @param {Uint8Array} part */
  async putPart(gid, aid, number, part) {
    await this.#ask('PUT', `groups/${gid}/files/${aid}/parts/${number}`, part);
  }

  /** @param {string} gid @param {string} aid @param {number} number @returns {Promise<Uint8Array>} */
  async getPart(gid, aid, number) {
    return new Uint8Array(await (await this.#ask('GET', `groups/${gid}/files/${aid}/parts/${number}`)).arrayBuffer());
  }

  /** @returns {Promise<(KeyStore & {account: string}) | null>} */
  async keyStore() {
    try {
      const { rev, ct, slots, account } = await this.#get('keyset');
      return { rev, ct: fromBase64url(ct), slots: slots.map(fromBase64url), account };
    } catch (error) {
      if (error instanceof ServerSaidNo && [403, 404].includes(error.status)) return null;
      throw error;
    }
  }

  /** What the account's devices have seen, sealed. @returns {Promise<{dev: Uint8Array, ct: Uint8Array}[]>} */
  async pins() {
    return (await this.#get('pins')).pins.map(({ dev, ct }) => ({ dev: fromHex(dev), ct: fromBase64url(ct) }));
  }

  /** @param {Uint8Array} dev @param {Uint8Array} ct */
  async putPins(dev, ct) {
    await this.#ask('PUT', `pins/${hex(dev)}`, { ct: toBase64url(ct) });
  }

  /** @param {Uint8Array} request */
  async askToLink(request) {
    await this.#ask('POST', 'devices', { request: toBase64url(request) });
  }

  /** @param {Uint8Array} h the first 12 bytes of the request's hash */
  async linkRequest(h) {
    const { request, answer } = await this.#get(`devices/${hex(h)}`);
    return { request: fromBase64url(request), answer: answer && fromBase64url(answer) };
  }

  /** @param {Uint8Array} h @param {Uint8Array} answer */
  async answerLink(h, answer) {
    await this.#ask('POST', `devices/${hex(h)}`, { answer: toBase64url(answer) });
  }

  /** @param {KeyStore} store @param {Uint8Array | null} replaces SHA-256 of the one that stands */
  async putKeyStore(store, replaces) {
    await this.#ask('PUT', 'keyset', storeDocument(store, replaces));
  }
}

/** @param {KeyStore} store @param {Uint8Array | null} replaces */
export const storeDocument = ({ rev, ct, slots }, replaces) =>
  ({ rev, ct: toBase64url(ct), slots: slots.map(toBase64url), replaces: replaces && toBase64url(replaces) });

/**
 * Three times, since lines break; what the server declines is declined.
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
export async function retried(act) {
  for (let tries = 1; ; tries++) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ServerSaidNo) || error.status !== 0 || tries === 3) throw error;
    }
  }
}
