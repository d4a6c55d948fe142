// The number at the bell follows what arrives. One tab of the browser keeps the stream; all pages work without it.
const bell = document.querySelector('[data-live]');
const { live, unread } = bell.dataset;
const HIDDEN_FOR = 60_000;
const shared = new BroadcastChannel('opencen-live');
let known = 0;
let waiting;
let leave;
let later;

const remembered = () => {
  try { return localStorage.getItem('opencen-live') ?? ''; } catch { return ''; }
};
const remember = (number) => {
  try { localStorage.setItem('opencen-live', number); } catch { /* storage refused: the stream says "look" once more */ }
};
const count = async () => {
  waiting = 0;
  // Signed out meanwhile: the sign-in page is not for a script to load.
  const answer = await fetch(unread, { redirect: 'error' });
  if (!answer.ok) return;
  const { badge, text } = await answer.json();
  document.querySelectorAll(`.top-item[data-live], .nav a[href="${bell.getAttribute('href')}"]`).forEach((link) => {
    const words = link.querySelector('.visually-hidden');
    const shown = link.querySelector('.count') ?? document.createElement('span');
    shown.className = 'count';
    shown.textContent = badge;
    if (badge) link.insertBefore(shown, words); else shown.remove();
    if (words) words.textContent = text;
  });
};
// Several at once are one look; a page that nobody sees looks when it is seen again.
const look = (number) => {
  known = Math.max(known, number);
  const part = document.querySelector('[data-new-alerts]');
  if (part && number > Number(part.dataset.newAlerts)) part.hidden = false;
  if (!document.hidden) waiting ||= setTimeout(() => count().catch(() => {}), 300);
};
shared.onmessage = ({ data }) => look(data);

const keep = () => new Promise((done) => {
  const stream = new EventSource(`${live}?after=${remembered()}`);
  leave = () => { stream.close(); done(); };
  ['look', 'at'].forEach((name) => stream.addEventListener(name, ({ data }) => {
    remember(data);
    if (name === 'at') return;
    look(Number(data));
    shared.postMessage(Number(data));
  }));
  // Refused for good (signed out, too many): no further try before the next page.
  stream.onerror = () => { if (stream.readyState === EventSource.CLOSED) leave(); };
});
let asked;
const join = () => {
  asked = new AbortController();
  navigator.locks.request('opencen-live', { signal: asked.signal }, keep).catch(() => {});
};
const part = () => { asked.abort(); leave?.(); leave = undefined; asked = undefined; };
document.addEventListener('visibilitychange', () => {
  clearTimeout(later);
  if (document.hidden) later = setTimeout(part, HIDDEN_FOR);
  else { if (!asked) join(); count().catch(() => {}); }
});
addEventListener('pageshow', ({ persisted }) => { if (persisted) { if (!asked) join(); count().catch(() => {}); } });
addEventListener('pagehide', () => { if (asked) part(); });
join();
