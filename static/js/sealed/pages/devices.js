/** Another device of the same account: the new one shows a code, the one that is open answers it. */

const PAUSE = 3000, PATIENCE = 300_000;

export class Devices {
  /** @param {import('./desk.js').Desk} desk */
  constructor(desk) {
    this.desk = desk;
  }

  /** At the new device; waits for the answer as long as the server keeps the request. */
  async askDevice() {
    this.desk.show('linking', { code: await this.desk.ask('askDevice') });
    this.until = Date.now() + PATIENCE;
    this.#wait();
  }

  #wait() {
    const view = this.desk.root.querySelector('[data-view="linking"]');
    setTimeout(async () => {
      if (view.hidden) return;
      if (Date.now() > this.until) await this.desk.refresh();
      else if (!await this.desk.attempt(() => this.#look())) this.#wait();
    }, PAUSE);
  }

  /** Whether it was answered, or refused for good. */
  async #look() {
    const standing = await this.desk.ask('linked');
    if (standing) this.desk.show('linked', standing.me);
    return Boolean(standing);
  }

  async rememberHereSent(form) {
    await this.desk.ask('rememberHere', Object.fromEntries(new FormData(form)));
    form.reset();
    await this.desk.refresh();
  }

  /** At the device that is open. */
  async handOverSent(form) {
    await this.desk.ask('handOver', Object.fromEntries(new FormData(form)));
    form.reset();
    form.querySelector('[data-handed]').hidden = false;
  }
}
