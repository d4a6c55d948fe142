/**
 * What is searched on this device, and what was read on it: kept sealed under the account key (sealed-protocol §3.5),
 * open only while the account is.
 */

import { fromHex } from '../checks/bytes.js';
import { dec, enc } from '../checks/cbor.js';
import { seal, unseal } from '../private/sealing.js';
import { Refused } from '../refusals.js';
import { recall, remember } from './memory.js';

/** @typedef {[at: number, author: string, text: string]} Words */
/** @typedef {{words: Map<string, Words>, plain: Map<string, string>, read: Set<string>, unsaved: number}} Kept by hash */

// More than anybody reads; the count is told all the same.
const MOST_FOUND = 100;
const AROUND = 60;
// It is sealed whole: of a large group only when so many parts of it are new, since what is lost is built anew.
const PARTS = 50;

/** Without accents and capitals. @param {string} text */
const folded = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** All that people wrote in a body. @param {any} body */
export const wordsOf = ({ subj = '', body, fields = {}, files }) =>
  [subj, body, ...Object.values(fields).flat(), ...files.map((/** @type {any} */ { name }) => name)]
    .filter((one) => typeof one === 'string' && one).join('\n');

export class LocalIndex {
  /** @type {Map<string, Kept>} */
  #groups = new Map();
  #own;

  /** @param {{uid: string, id: Uint8Array, indexKey: Uint8Array, indexDevice: Uint8Array | undefined}} own */
  constructor(own) {
    this.#own = own;
  }

  /** @param {string} gid */
  #context(gid) {
    return ['comm/1/index', this.#own.id, this.#own.indexDevice, fromHex(gid)];
  }

  /** @param {string} gid */
  #name(gid) {
    return `index ${this.#own.uid} ${gid}`;
  }

  /** What was kept of a group; nothing where it does not open any more. @param {string} gid @returns {Promise<Kept>} */
  async of(gid) {
    const known = this.#groups.get(gid);
    if (known) return known;
    const kept = { words: new Map(), plain: new Map(), read: new Set(), unsaved: 0 };
    const { ct } = /** @type {any} */ (await recall(this.#name(gid)));
    try {
      if (ct && this.#own.indexDevice) {
        const { words, read } = dec(await unseal(this.#own.indexKey, this.#context(gid), ct));
        for (const [lhash, ...said] of words) this.#put(kept, lhash, said);
        kept.read = new Set(read);
      }
    } catch (error) {
      // Another account key since; it is built anew.
      if (!(error instanceof Refused)) throw error;
    }
    this.#groups.set(gid, kept);
    return kept;
  }

  /** @param {Kept} kept @param {string} lhash @param {Words} said */
  #put({ words, plain }, lhash, said) {
    words.set(lhash, said);
    plain.set(lhash, folded(said[2]));
  }

  /**
   * Takes in what is new, and out what was taken back or is no longer kept.
   * @param {string} gid
   * @param {{lhash: string, at: number, author: string, standing: string, body: any}[]} messages
   */
  async take(gid, messages) {
    const kept = await this.of(gid);
    let gone = false;
    for (const { lhash, at, author, standing, body } of messages) {
      const open = standing === 'trusted' && body;
      if (Boolean(open) === kept.words.has(lhash)) continue;
      const text = open && wordsOf(body);
      if (text) {
        this.#put(kept, lhash, [at, author, text]);
        kept.unsaved++;
      } else if (kept.words.delete(lhash)) {
        gone = kept.plain.delete(lhash);
      }
    }
    if (gone || kept.unsaved * PARTS > kept.words.size) await this.#save(gid);
  }

  /** @param {string} gid @param {string[]} lhashes */
  async markRead(gid, lhashes) {
    const { read } = await this.of(gid), before = read.size;
    lhashes.forEach((one) => read.add(one));
    if (read.size > before) await this.#save(gid);
  }

  /** @param {string} gid */
  async #save(gid) {
    if (!this.#own.indexDevice) return;
    const kept = await this.of(gid), { words, read } = kept;
    kept.unsaved = 0;
    const content = enc({ words: [...words].map(([lhash, said]) => [lhash, ...said]), read: [...read] });
    await remember(this.#name(gid), /** @type {any} */ ({ ct: await seal(this.#own.indexKey, this.#context(gid), content) }));
  }

  /** A group that was left. @param {string} gid */
  async forget(gid) {
    this.#groups.delete(gid);
    await remember(this.#name(gid), /** @type {any} */ ({}));
  }

  /**
   * Messages that hold every word, newest first, and how many there are.
   * @param {string} asked
   */
  find(asked) {
    const sought = folded(asked).split(/\s+/u).filter(Boolean), found = [];
    for (const [gid, { words, plain }] of sought.length ? this.#groups : []) {
      for (const [lhash, text] of plain) {
        if (!sought.every((word) => text.includes(word))) continue;
        const [at, author, said] = words.get(lhash), from = Math.max(0, text.indexOf(sought[0]) - AROUND);
        found.push({ gid, lhash, at, author, said: said.slice(from, from + 3 * AROUND) });
      }
    }
    found.sort((a, b) => b.at - a.at);
    return { count: found.length, found: found.slice(0, MOST_FOUND) };
  }
}
