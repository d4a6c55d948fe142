/** What was found wrong, the evidence of it, and the codes that people compare by another way. */

import { fill, list, offered } from './rows.js';

export class Checking {
  /** @param {import('./desk.js').Desk} desk */
  constructor(desk) {
    this.desk = desk;
  }

  /** What a kind of finding means, else what its code says. @param {{kind: string, sentence: string, detail: string}} finding */
  said({ kind, sentence, detail }) {
    const word = this.desk.word(`found_${kind}`);
    return word ? `${word} (${detail})` : sentence;
  }

  /** @param {any[]} findings */
  show(findings) {
    const { root } = this.desk;
    root.querySelector('[data-findings]').hidden = !findings.length;
    list(root, 'findings', findings, (row, finding) => { row.textContent = this.said(finding); });
  }

  /** An administration's code, and whether it was compared. @param {HTMLElement} row @param {any} person */
  code(row, { code, adm, compared }) {
    fill(row, { code });
    const button = row.querySelector('[data-act="compared"]');
    button.dataset.adm = adm;
    button.hidden = compared || !adm;
    row.querySelector('[data-compared]').hidden = !compared;
  }

  async compared({ dataset: { adm } }) {
    await this.desk.ask('compared', { adm });
    this.desk.root.querySelectorAll(`[data-adm="${adm}"][data-act]`).forEach((button) => {
      button.hidden = true;
      button.parentElement.querySelector('[data-compared]').hidden = false;
    });
  }

  async evidence() {
    const document = await this.desk.ask('evidence');
    offered(new Blob([document], { type: 'application/json' }), 'opencen-evidence.json');
  }

  async settle() {
    await this.desk.ask('settle');
    await this.desk.refresh();
  }
}
