/** Desks of administrations: who sits at the own one, and bulletins to others. */

import { fill, list } from './rows.js';

export class DesksPage {
  /** @param {import('./desk.js').Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.root = desk.root;
  }

  /** Administrations that can be written to; one without a desk is shown, and can't be chosen. */
  async toDesks() {
    const desks = await this.desk.ask('desks');
    this.desk.show('desks');
    list(this.root, 'desks', desks.filter(({ mine }) => !mine), (row, { adm, name, code, people }) => {
      fill(row, { name, code, people: people.map((one) => one.name).join(', ') || this.desk.word('nodesk') });
      Object.assign(row.querySelector('input'), { value: adm, disabled: !people.length });
    });
  }

  async desksSent(form) {
    const data = new FormData(form), adms = data.getAll('adm'), name = data.get('name');
    if (!adms.length) throw new Error(this.desk.word('noadm'));
    await this.desk.inRoom.enter(await this.desk.ask('foundAtDesks', { name, description: '', hist: data.get('hist'), adms }));
    this.desk.inRoom.writeBulletin(name);
    form.reset();
  }

  async seatSent(form) {
    await this.desk.ask('seat', { key: await this.desk.key(), uids: new FormData(form).getAll('uid') });
    await this.desk.refresh();
  }

  /** For the contact point: everybody who can sit at the desk, and who does. @param {any} standing */
  showSeats({ accounts, desk }) {
    this.root.querySelector('[data-form="seat"]').hidden = !this.root.dataset.contactPoint || !accounts.length;
    list(this.root, 'seats', accounts, (row, { uid, name }) => {
      fill(row, { name });
      Object.assign(row.querySelector('input'), { value: uid, checked: desk.includes(uid) });
    });
  }
}
