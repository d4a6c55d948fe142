/** Files on their way: cleaned, sealed and sent part by part, fetched and opened again (sealed-protocol §7). */

import { fromHex, hex } from '../checks/bytes.js';
import { Sealer, openFile, partCount } from '../private/attachments.js';
import { Code, Refused } from '../refusals.js';
import { cleaned } from './images.js';
import { retried } from './server.js';

/** @typedef {import('./server.js').Server} Server */

// Child abuse and obscene material: no file of it is ever sent or saved, whatever the door.
const NO_MEDIA = 'OBS';

/**
 * Refused: `schema` where files go with a report of obscene material or child abuse.
 * @param {Record<string, any>} body
 * @param {{length: number}} files
 */
export function requireMediaAllowed({ t, fields }, files) {
  if (files.length && t === 'form' && String(fields.category ?? '').trim().toUpperCase() === NO_MEDIA) {
    throw new Refused(Code.SCHEMA, `files: nothing of the category ${NO_MEDIA} is sent or saved as a file`);
  }
}

/**
 * Their descriptors, once all parts are at the server; `progress` is told bytes done and bytes in all.
 * @param {Server} server
 * @param {string} gid
 * @param {File[]} files
 * @param {(done: number, all: number) => void} progress
 */
export async function uploaded(server, gid, files, progress) {
  const clean = await Promise.all(files.map(cleaned));
  const all = clean.reduce((sum, { size }) => sum + size, 0);
  const descriptors = [];
  let done = 0;
  for (const file of clean) {
    const sealer = new Sealer(fromHex(gid), file, file.name.normalize('NFC').slice(-200) || 'file', file.type || 'file');
    const { csize, aid } = sealer.descriptor;
    await server.beginFile(gid, aid, csize);
    let number = 0;
    for await (const part of sealer.parts()) {
      await retried(() => server.putPart(gid, hex(aid), number, part));
      number++;
      progress(Math.min(all, done + Math.round(file.size * number / partCount(csize))), all);
    }
    done += file.size;
    descriptors.push(sealer.descriptor);
  }
  return descriptors;
}

/**
 * The file, once all of it was right. Refused: `file`, `sealed`.
 * @param {Server} server
 * @param {string} gid
 * @param {import('../private/attachments.js').Descriptor} descriptor
 */
export function fetched(server, gid, descriptor) {
  async function* parts() {
    for (let number = 0; number < partCount(descriptor.csize); number++) {
      yield retried(() => server.getPart(gid, hex(descriptor.aid), number));
    }
  }
  return openFile(fromHex(gid), descriptor, parts());
}
