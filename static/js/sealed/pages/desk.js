/**
 * The page of sealed groups: shows what the worker says, asks it for what people do. All words stand in the template;
 * everything foreign becomes text, never markup.
 */

import { Checking } from './checking.js';
import { DesksPage } from './desks.js';
import { Devices } from './devices.js';
import { Overview } from './overview.js';
import { askedPasskey, canAskPasskeys, madePasskey } from './passkeys.js';
import { RoomPage } from './room.js';
import { fill, list, options } from './rows.js';

const IDLE = 15 * 60 * 1000;

/** @param {HTMLElement} root @param {() => any} openWorker */
export function openDesk(root, openWorker) {
  new Desk(root, openWorker).begin();
}

export class Desk {
  /** @param {HTMLElement} root @param {() => any} openWorker */
  constructor(root, openWorker) {
    this.root = root;
    this.openWorker = openWorker;
    this.checking = new Checking(this);
    this.inRoom = new RoomPage(this);
    /** Whoever has a method of an act's name does it. */
    this.desks = new DesksPage(this);
    this.parts = [this, this.checking, this.inRoom, this.desks, new Devices(this), new Overview(this)];
    root.addEventListener('click', (event) => {
      const button = event.target.closest('[data-act]');
      if (button) this.attempt(() => this.#doing(button.dataset.act, button), button);
    });
    root.querySelectorAll('[data-form]').forEach((form) => form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.attempt(() => this.#doing(`${form.dataset.form}Sent`, form), event.submitter);
    }));
    for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, () => this.#stayAwake(), { passive: true });
  }

  #doing(act, on) {
    return this.parts.find((part) => act in part)[act](on);
  }

  async begin() {
    await this.attempt(async () => {
      this.ask = this.openWorker();
      const { formSecret, adm, sentences } = this.root.dataset;
      this.#place(await this.ask('begin', { origin: location.origin, formSecret, adm, sentences }));
    });
  }

  /** What the act answers, or the error that was shown. @param {() => Promise<any>} act @param {HTMLButtonElement | null} [button] */
  async attempt(act, button = null) {
    const problem = this.root.querySelector('[data-problem]');
    problem.hidden = true;
    this.root.setAttribute('aria-busy', 'true');
    this.root.querySelector('[data-busy]').hidden = false;
    if (button) button.disabled = true;
    try {
      return await act();
    } catch (error) {
      problem.querySelector('[data-text]').textContent = error.message;
      problem.hidden = false;
      problem.scrollIntoView({ block: 'nearest' });
      return error;
    } finally {
      if (button) button.disabled = false;
      this.root.querySelector('[data-busy]').hidden = true;
      this.root.setAttribute('aria-busy', 'false');
    }
  }

  #stayAwake() {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.lock(), IDLE);
  }

  /** Shows the one view that fits. @param {any} standing */
  #place(standing) {
    this.standing = standing;
    this.checking.show(standing.findings);
    const { contactPoint, rootKeeper } = this.root.dataset;
    this.#waiting(rootKeeper ? standing.unadmitted.map(({ id, cc, name }) => ({ uid: id, name: `${cc} ${name}` }))
      : contactPoint ? standing.waiting : []);
    if (!standing.network) this.show('nothing');
    else if (!this.root.dataset.adm) this.show('elsewhere');
    else if (!standing.admitted) this.#administration(standing);
    else if (standing.account === 'none') this.#setup();
    else if (standing.pendingReset) this.#resetting(standing.pendingReset);
    else if (standing.account === 'locked') this.#locked(standing);
    else if (!standing.certified) this.show('waiting', { uid: standing.me.uid });
    else return this.#groups();
    return undefined;
  }

  #administration({ administration }) {
    this.show('administration');
    this.root.querySelectorAll('[data-view="administration"] [data-when]').forEach((one) => {
      const fits = one.dataset.when === (administration ? 'founded' : 'absent');
      one.hidden = !fits || (one.dataset.only && !this.root.dataset.contactPoint);
    });
  }

  #setup() {
    this.show('setup');
    this.root.querySelector('[name="name"]').value = this.root.dataset.name;
  }

  #resetting({ code, ordered }) {
    this.show('resetting', { code });
    this.root.querySelector('[data-act="completeReset"]').hidden = !ordered;
    this.root.querySelector('[data-unordered]').hidden = ordered;
  }

  #locked({ rememberedHere, passkeys }) {
    this.show('unlock');
    this.root.querySelector('[data-act="unlockByPasskey"]').hidden = !passkeys.length || !canAskPasskeys();
    this.root.querySelector('[data-secret-key]').hidden = rememberedHere;
  }

  async #groups() {
    const groups = await this.ask('groups');
    this.show('groups');
    this.root.querySelector('[data-act="addPasskey"]').hidden = Boolean(this.standing.passkeys.length) || !canAskPasskeys();
    list(this.root, 'groups', groups, (row, group) => {
      const finding = group.findings.length ? this.checking.said(group.findings[0]) : '';
      fill(row, { name: group.name || '—', finding, members: group.members, messages: group.messages });
      row.querySelector('[data-act]').dataset.gid = group.gid;
    });
  }

  /** @param {string} name @param {Record<string, any>} [fields] */
  show(name, fields = {}) {
    this.root.querySelectorAll('[data-view]').forEach((section) => { section.hidden = section.dataset.view !== name; });
    const section = this.root.querySelector(`[data-view="${name}"]`);
    if (!section) return;
    fill(section, fields);
    section.querySelectorAll('[data-only]').forEach((one) => {
      if (!one.dataset.when) one.hidden = !this.root.dataset[one.dataset.only === 'root-keeper' ? 'rootKeeper' : 'contactPoint'];
    });
  }

  word(name) {
    return this.root.querySelector(`[data-word="${name}"]`)?.textContent ?? '';
  }

  #waiting(waiting) {
    const { contactPoint, rootKeeper } = this.root.dataset;
    this.root.querySelector('[data-authority]').hidden = !(waiting.length && rootKeeper)
      && !(contactPoint && (waiting.length || this.standing.accounts.length));
    const reset = this.root.querySelector('[data-form="reset"]');
    reset.hidden = !contactPoint;
    this.desks.showSeats(this.standing);
    options(reset.querySelector('select'), this.standing.accounts.map(({ uid, name }) => [uid, name]));
    list(this.root, 'waiting', waiting, (row, { uid, name }) => {
      fill(row, { name, id: uid });
      row.querySelector('[data-act]').dataset.uid = uid;
    });
  }

  // What the buttons do

  async refresh() {
    await this.#place(await this.ask('standing'));
  }

  print() {
    globalThis.print();
  }

  /** Nothing that was open stays in the page. */
  lock() {
    clearTimeout(this.idle);
    this.ask?.end();
    this.root.querySelectorAll('[data-list]').forEach((one) => one.replaceChildren());
    this.root.querySelectorAll('[data-view] [data-field], [data-viewer] [data-field]').forEach((one) => { one.textContent = ''; });
    this.root.querySelectorAll('form').forEach((form) => form.reset());
    this.inRoom.wipe();
    return this.begin();
  }

  async foundNetwork() {
    this.#files(await this.ask('foundNetwork'), 'root');
    await this.refresh();
  }

  async foundAdministration() {
    const { cc, administration: name } = this.root.dataset;
    this.#files(await this.ask('foundAdministration', { cc, name }), cc);
    await this.refresh();
  }

  /** @param {string[]} texts @param {string} of */
  #files(texts, of) {
    this.root.querySelector('[data-files]').hidden = false;
    list(this.root, 'files', texts.map((text, at) => ({ text, name: `opencen-${of}-key-${at + 1}.json` })), (row, { text, name }) => {
      row.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
      row.download = row.textContent = name;
    });
  }

  async key() {
    const [file] = this.root.querySelector('[data-key-file]').files;
    if (!file) throw new Error(this.word('nokey'));
    return file.text();
  }

  async resetSent(form) {
    await this.ask('reset', { key: await this.key(), ...Object.fromEntries(new FormData(form)) });
    form.reset();
    await this.refresh();
  }

  async lostSent(form) {
    const secretKey = await this.ask('prepareReset', Object.fromEntries(new FormData(form)));
    form.reset();
    this.show('secret', { secretKey });
  }

  async completeReset() {
    await this.#place(await this.ask('completeReset'));
  }

  async sign({ dataset: { uid } }) {
    const key = await this.key();
    if (this.root.dataset.rootKeeper) await this.ask('admit', { key, adm: uid });
    else await this.ask('certify', { key, uid });
    await this.refresh();
  }

  async openSent(form) {
    const { passphrase, again, name } = Object.fromEntries(new FormData(form));
    if (passphrase !== again) throw new Error(this.word('mismatch'));
    const secretKey = await this.ask('open', { passphrase, name });
    form.reset();
    this.show('secret', { secretKey });
  }

  async unlockSent(form) {
    const { passphrase, secretKey } = Object.fromEntries(new FormData(form));
    const standing = await this.ask('unlock', { passphrase, secretKey });
    form.reset();
    this.#stayAwake();
    await this.#place(standing);
  }

  async unlockByPasskey() {
    const { passkeys, prfInput } = this.standing;
    const standing = await this.ask('unlock', { passkey: await askedPasskey(passkeys, prfInput) });
    this.#stayAwake();
    await this.#place(standing);
  }

  async addPasskey() {
    const { prfInput, me } = this.standing;
    const made = await madePasskey({ uid: me.uid, name: me.name }, prfInput);
    if (!made) throw new Error(this.word('noprf'));
    await this.#place(await this.ask('addPasskey', made));
  }

  async rotateSent(form) {
    const { passphrase } = Object.fromEntries(new FormData(form));
    const secretKey = await this.ask('rotate', { why: 'lost', passphrase });
    form.reset();
    this.show('secret', { secretKey });
  }

  async newGroup() {
    const people = await this.ask('people');
    this.show('found');
    list(this.root, 'people', people, (row, person) => {
      fill(row, { name: person.name, administration: person.administration });
      this.checking.code(row, person);
      row.querySelector('input').value = person.uid;
    });
  }

  async foundSent(form) {
    const data = new FormData(form);
    const { name, description, hist, post } = Object.fromEntries(data);
    const members = data.getAll('member').map((uid) => ({ uid, role: 'writer' }));
    const gid = await this.ask('found', { name, description, hist, post, members });
    form.reset();
    await this.inRoom.enter(gid);
  }
}
