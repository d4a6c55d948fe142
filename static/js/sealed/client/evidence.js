/** What was found, as one document that others can check without trusting its sender. No content, no key. */

import { toBase64url } from '../checks/base64url.js';
import { hex } from '../checks/bytes.js';
import { now } from '../private/authoring.js';
import { QUIET, told } from './seen.js';

/** All findings with their signed objects, and where each chain ends here. @param {import('./group.js').Known} known */
export function evidence({ network, own, seen }) {
  const heads = [], orders = [];
  for (const [name, [number, hash]] of seen.pins) {
    const [kind, id] = name.split(' ');
    if (kind === 'ord') orders.push({ group: id, i: number, mark: hash });
    else if (hash) heads.push({ kind, chain: id, seq: number, lhash: hash });
  }
  const findings = [...seen.findings.values()].map((one) => ({
    ...one, ...told(one), alarm: !QUIET.has(one.kind), objects: one.objects.map(toBase64url),
  }));
  const { id } = network.directory.net;
  return JSON.stringify({
    format: 'cenlink evidence 1', network: hex(id) || null, account: own.uid || null, at: now(), findings, heads, orders,
  }, null, 1);
}
