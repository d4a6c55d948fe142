/** One group on the page: read, written in, its members and keys. */

import { faults, typedPart } from './forms.js';
import { showMessages } from './messages.js';
import { printed } from './printing.js';
import { fill, list, offered, options } from './rows.js';

const SECONDS = 1000;
// Messages that are shown at once.
const SCREENFUL = 50;
// Endings that a download keeps: none of them is run or opened as a page.
const HARMLESS = /(?<=\.)(pdf|txt|csv|json|docx|xlsx|pptx|odt|ods|jpe?g|png|webp|zip)$/iu;

export class RoomPage {
  /** The group's id. */
  gid = '';
  /** What is being written: its type, and what it answers. @type {{kind: string, re: string | null}} */
  #writing = { kind: 'msg', re: null };

  /** @param {import('./desk.js').Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.root = desk.root;
    this.form = this.root.querySelector('[data-form="post"]');
    this.form.addEventListener('change', ({ target }) => {
      if (target.name === 't') this.#write(target.value);
    });
  }

  /** @param {string} verb @param {Record<string, any>} [given] @param {(done: number, all: number) => void} [progress] */
  #ask(verb, given, progress) {
    return this.desk.ask(verb, { gid: this.gid, ...given }, progress);
  }

  /** @param {string} gid @param {string} [lhash] of the message that is wanted */
  async enter(gid, lhash) {
    this.gid = gid;
    this.most = SCREENFUL;
    this.#write('msg');
    await this.#open();
    if (lhash) await this.goTo({ dataset: { lhash } });
  }

  async #open() {
    const room = await this.#ask('room'), people = await this.desk.ask('people');
    this.shown = room;
    this.desk.show('room', { name: room.name, description: room.description, period: room.period });
    const manager = room.role === 'manager' && !room.closed;
    this.root.querySelector('[data-closed]').hidden = !room.closed;
    this.root.querySelectorAll('[data-managers]').forEach((one) => { one.hidden = !manager; });
    this.root.querySelectorAll('[data-writers]').forEach((one) => { one.hidden = !room.writes; });
    await this.#show();
    list(this.root, 'members', room.members, (row, member) => {
      const role = this.desk.word(member.suspended ? 'suspended' : member.role);
      fill(row, { name: member.name, administration: member.administration, role });
      this.desk.checking.code(row, member);
      const [button, back] = row.querySelectorAll('[data-act="remove"], [data-act="readmit"]');
      button.hidden = !manager || member.uid === room.me;
      back.hidden = !manager || !member.returned;
      button.dataset.uid = back.dataset.uid = member.uid;
    });
    const inside = new Set(room.members.map(({ uid }) => uid));
    options(this.root.querySelector('[data-list="addable"]'), people.filter(({ uid }) => !inside.has(uid)).map(
      ({ uid, name, administration }) => [uid, `${name}, ${administration}`]));
    this.root.querySelector('[data-form="beginGroup"]').hidden = !manager || room.period > 0;
    this.desk.checking.show([...this.desk.standing.findings, ...room.findings]);
  }

  /** The newest messages, as many as are wanted; the worker is told which bulletins were seen. */
  async #show() {
    const all = showMessages(this.root, { ...this.shown, most: this.most }, (name) => this.desk.word(name));
    const seen = all.filter(({ bulletin }) => bulletin?.states.includes('unread'));
    if (seen.length) await this.#ask('seen', { lhashes: seen.map(({ lhash }) => lhash) });
  }

  /** Does something in the group, and shows what became of it. */
  async #change(verb, given, progress) {
    await this.#ask(verb, given, progress);
    await this.#open();
  }

  /** @param {string} lhash */
  #message(lhash) {
    return this.shown.messages.find((one) => one.lhash === lhash);
  }

  /**
   * Opens the part of the form for what is to be written.
   * @param {string} kind `msg`, `bulletin`, `withdraw` or a form
   * @param {string | null} [re]
   * @param {string} [of] what it answers, for people
   */
  #write(kind, re = null, of = '') {
    this.#writing = { kind, re };
    if (re || kind === 'msg') this.form.reset();
    this.form.querySelectorAll('.error').forEach((one) => one.remove());
    this.form.querySelectorAll('[data-part]').forEach((part) => { part.hidden = part.disabled = part.dataset.part !== kind; });
    this.form.querySelector('[data-kinds]').hidden = Boolean(re);
    const note = this.form.querySelector('[data-answering]');
    note.hidden = !re;
    fill(note, { answering: `${this.desk.word(`writing_${kind}`)} ${of}` });
    this.form.elements.text.required = kind === 'withdraw';
    if (re) this.form.querySelector('[data-part]:enabled :is(input, select), [name="text"]').focus();
  }

  // What the buttons do

  room({ dataset: { gid } }) {
    return this.enter(gid);
  }

  writeNew() {
    this.#write('msg');
  }

  /** @param {string} subject */
  writeBulletin(subject) {
    const { elements } = this.form;
    elements.t.value = 'bulletin';
    this.#write('bulletin');
    elements.subject.value = subject;
  }

  feedback({ dataset: { lhash } }) {
    this.#write('T-06', lhash, this.#message(lhash).body.fields.container);
  }

  newVersion({ dataset: { lhash } }) {
    const { subj, handling, valid_to: validTo, ack_by: ackBy, body } = this.#message(lhash).body;
    this.#write('bulletin', lhash, subj);
    const { tlp, pap, codes, grading } = handling, day = (at) => at && new Date(at * SECONDS).toISOString().slice(0, 10);
    const fields = { subject: subj, tlp, pap, codes: codes.join(' '), grading, validTo: day(validTo), ackBy: day(ackBy), text: body };
    for (const [name, value] of Object.entries(fields)) this.form.elements[name].value = value ?? '';
  }

  withdraw({ dataset: { lhash } }) {
    this.#write('withdraw', lhash, this.#message(lhash).body.subj);
  }

  async earlier() {
    this.most += SCREENFUL;
    await this.#show();
  }

  printOne({ dataset: { lhash } }) {
    printed(this.root, this.shown, [this.#message(lhash)], this.root.dataset.name);
  }

  printRoom() {
    printed(this.root, this.shown, this.shown.messages, this.root.dataset.name);
  }

  async newer(button) {
    await this.goTo(button);
  }

  async goTo({ dataset: { lhash } }) {
    const { messages } = this.shown, after = messages.length - messages.findIndex((one) => one.lhash === lhash);
    if (after > this.most) {
      this.most = after;
      await this.#show();
    }
    const row = this.root.querySelector(`[data-list="messages"] > [data-lhash="${lhash}"]`);
    row?.focus();
    row?.scrollIntoView({ block: 'center' });
  }

  async postSent(form) {
    if (faults(form, (name) => this.desk.word(name))) return;
    const { kind, re } = this.#writing, data = new FormData(form), text = data.get('text');
    const files = data.getAll('files').filter((file) => file.size);
    const part = form.querySelector('[data-part]:enabled'), said = part ? typedPart(part) : {};
    const bar = form.querySelector('[data-progress]');
    const body = kind === 'bulletin' ? { t: kind, ...bulletin(said) }
      : kind.startsWith('T-') ? { t: 'form', form: kind, v: 1, fields: said } : { t: kind };
    await this.#ask('say', { body: { ...body, body: text, re }, files },
      (done, all) => Object.assign(bar, { hidden: false, max: all, value: done }));
    bar.hidden = true;
    this.#write('msg');
    await this.#open();
  }

  async addSent(form) {
    await this.#change('add', Object.fromEntries(new FormData(form)));
  }

  async remove({ dataset: { uid } }) {
    await this.#change('remove', { uid });
  }

  async readmit({ dataset: { uid } }) {
    await this.#change('readmit', { uid });
  }

  async beginGroupSent(form) {
    await this.#change('beginGroup', Object.fromEntries(new FormData(form)));
    form.reset();
  }

  async vouch({ dataset: { lhash } }) {
    await this.#change('vouch', { lhash });
  }

  async renew() {
    await this.#change('renew');
  }

  async close() {
    await this.#change('close');
  }

  async leave() {
    await this.#ask('leave');
    await this.desk.refresh();
  }

  async acknowledge({ dataset: { lhash } }) {
    await this.#change('say', { body: { t: 'ack', kind: 'acknowledged', body: '', re: lhash } });
  }

  async takeBack({ dataset: { lhash } }) {
    await this.#change('takeBack', { lhash });
  }

  /** Under a neutral name: what its sender called it stands on the page only. */
  async save({ dataset: { lhash, at } }) {
    const { name } = this.#message(lhash).body.files[at], [ending = 'bin'] = name.match(HARMLESS) ?? [];
    const blob = await this.#ask('save', { lhash, at: Number(at) });
    const download = `sealed-${lhash.slice(0, 8)}-${Number(at) + 1}.${ending.toLowerCase()}`;
    offered(blob, download);
  }
  /** Only pixels come here: what the sender sent was decoded in the worker and is no document anywhere. */
  async view({ dataset: { lhash, at } }) {
    const picture = await this.#ask('picture', { lhash, at: Number(at) });
    const dialog = this.root.querySelector('[data-viewer]'), canvas = dialog.querySelector('canvas');
    Object.assign(canvas, { width: picture.width, height: picture.height });
    canvas.getContext('bitmaprenderer').transferFromImageBitmap(picture);
    const { name } = this.#message(lhash).body.files[at];
    canvas.setAttribute('aria-label', name);
    fill(dialog, { name });
    dialog.showModal();
  }

  closeViewer() {
    const dialog = this.root.querySelector('[data-viewer]');
    dialog.close();
    dialog.querySelector('canvas').width = 0;
  }

  /** Nothing of a group stays in the page. */
  wipe() {
    this.closeViewer();
    this.shown = null;
  }
}

/** A bulletin's own fields from the page's. @param {Record<string, any>} said */
const bulletin = ({ subject, tlp, pap, codes, grading, validTo, ackBy }) => ({
  subj: subject,
  handling: { tlp, pap, codes: codes?.split(/[\s,]+/u) ?? [], grading },
  valid_to: endOf(validTo),
  ack_by: endOf(ackBy),
});

/** The last second of a day in UTC, as a number; null where none was chosen. @param {string | null} day */
const endOf = (day) => day && Math.floor(Date.parse(`${day}T23:59:59Z`) / SECONDS);
