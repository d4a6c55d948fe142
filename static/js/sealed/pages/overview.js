/** Over all groups: the list of bulletins, and what the search on this device finds. */

import { showStates, when } from './messages.js';
import { fill, list } from './rows.js';

// What has to be done comes first, what no longer holds last.
const WEIGHT = { overdue: -4, due: -3, unread: -2, over: 1, replaced: 2, withdrawn: 3 };
const weight = ({ states }) => Math.min(0, ...states.map((one) => WEIGHT[one])) || Math.max(0, ...states.map((one) => WEIGHT[one]));

export class Overview {
  /** @param {import('./desk.js').Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.root = desk.root;
    this.root.querySelector('[data-filter]').addEventListener('change', () => this.#list());
  }

  async bulletins() {
    const all = await this.desk.ask('bulletins');
    this.all = all.sort((a, b) => weight(a) - weight(b) || b.at - a.at);
    this.root.querySelector('[data-filter]').value = '';
    this.desk.show('bulletins');
    this.#list();
  }

  #list() {
    const { value } = this.root.querySelector('[data-filter]');
    list(this.root, 'bulletins', this.all.filter(({ states }) => !value || states.includes(value)), (row, one) => {
      const { author, body, group } = one;
      fill(row, { subject: body.subj, group, author: author.name, administration: author.administration, version: body.version });
      showStates(this.root, row, one.states);
      this.#line(row, one);
    });
  }

  #line(row, { gid, lhash, at }) {
    when(row, at);
    Object.assign(row.querySelector('[data-act]').dataset, { gid, lhash });
  }

  async searchSent(form) {
    const { count, found } = await this.desk.ask('search', { words: new FormData(form).get('words') });
    this.desk.show('hits', { count });
    list(this.root, 'hits', found, (row, hit) => {
      fill(row, { said: hit.said, group: hit.group, author: hit.author });
      this.#line(row, hit);
    });
  }

  async openOne({ dataset: { gid, lhash } }) {
    await this.desk.inRoom.enter(gid, lhash);
  }
}
