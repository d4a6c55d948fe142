/** What this browser has seen and never goes back behind, and what it found wrong, with the objects that prove it. */

import { hex, sha256 } from '../checks/bytes.js';
import { enc } from '../checks/cbor.js';
import { sentenceOf } from '../refusals.js';
import { keepSeen, recallSeen } from './memory.js';

/**
 * `where` names chain, link, message or account, ids as hex; `objects` are signed objects, the kept one first.
 * @typedef {{
 *   kind: string, code: string, where: Record<string, any>, detail: string, objects: Uint8Array[], at: number,
 *   group: string | null,
 * }} Finding
 */

// Told without alarm: they happen in an honest network too.
export const QUIET = new Set(['late', 'missing', 'doubled', 'clock', 'key_changed', 'cut_off', 'succeeded']);
// After one of these nothing more is sent where it was found, or anywhere when the directory is concerned.
const STOPPING = new Set(['fork', 'rollback']);

export class Seen {
  #account = '';
  /** @type {Map<string, any>} */
  #fresh = new Map();
  /**
   * By kind and id: number and hash of the newest link, and the link; by group, as `ord`: count and mark of its
   * messages, and which of them were doubtful; as `vouched` and a hash, or `code` and an administration: what the
   * officer said.
   * @type {Map<string, any>}
   */
  pins = new Map();
  /** @type {Map<string, Finding>} */
  findings = new Map();

  /** What an earlier visit kept for this account comes first; what was seen meanwhile is added. @param {string} account */
  async belongTo(account) {
    this.#account = account;
    for (const [name, value] of await recallSeen(account)) {
      if (name.startsWith('found ')) this.findings.set(name, value);
      else this.pins.set(name, value);
    }
  }

  /**
   * @param {string} name
   * @param {[number, string?, (Uint8Array | null)?, any[]?, any[]?]} value a number that never goes back, what stood
   *   there in hexadecimal, the object itself, and lists that may change while it stands
   */
  pin(name, value) {
    const known = this.pins.get(name), [number, hash, , list] = value;
    if (known && (known[0] > number || (known[0] === number && known[1] === hash && `${known[3]}` === `${list}`))) return;
    this.pins.set(name, value);
    this.#fresh.set(name, value);
  }

  /**
   * Keeps what was found, once.
   * @param {string} kind
   * @param {string} code
   * @param {Record<string, any>} where
   * @param {string} [detail]
   * @param {Uint8Array[]} [objects]
   * @param {string | null} [group]
   */
  report(kind, code, where, detail = '', objects = [], group = null) {
    const name = `found ${hex(sha256(enc([kind, code, where, objects])))}`;
    if (this.findings.has(name)) return;
    const finding = { kind, code, where, detail, objects, at: Math.floor(Date.now() / 1000), group };
    this.findings.set(name, finding);
    this.#fresh.set(name, finding);
  }

  /**
   * Somebody dealt with what was found, or it came right. Forks and rollbacks stay: nothing here can make them good.
   * @param {(finding: Finding) => boolean} [fits]
   */
  settle(fits = () => true) {
    for (const [name, finding] of this.findings) {
      if (STOPPING.has(finding.kind) || !fits(finding)) continue;
      this.findings.delete(name);
      this.#fresh.set(name, undefined);
    }
  }

  /** Whether a fork or a rollback was found in this group, or in the directory on which all stand. @param {string} gid */
  isStopped(gid) {
    return [...this.findings.values()].some(({ kind, group }) => STOPPING.has(kind) && (!group || group === gid));
  }

  /** What had to be waited for is there. @param {string} gid @param {Record<string, any>} where */
  cameRight(gid, where) {
    this.settle((one) => one.group === gid && ['withdrawn_key', 'withheld'].includes(one.kind)
      && Object.entries(where).every(([name, value]) => one.where[name] === value));
  }

  /** The alarms of a group, or of everything else, for people. @param {string | null} group */
  alarms(group) {
    return [...this.findings.values()].filter((one) => one.group === group && !QUIET.has(one.kind)).map(told);
  }

  /** Only what is new is written. */
  async save() {
    if (!this.#account || !this.#fresh.size) return;
    const entries = [...this.#fresh];
    this.#fresh.clear();
    await keepSeen(this.#account, entries);
  }
}

/** @param {Finding} finding */
export const told = ({ kind, code, detail }) =>
  ({ kind, code, sentence: `${sentenceOf(code)}${detail ? ` (${detail})` : ''}`, detail });
