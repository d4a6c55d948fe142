/** Published answers of others: each function gives the names of what is not as it was published. */

import { argon2id } from 'hash-wasm';

import * as core from '../../../static/js/sealed/core.js';

const { fromHex, hex, same, sha256 } = core.bytes;

export async function xWing(vectors) {
  const wrong = [], kem = new core.wing.XWingKem();
  for (const { seed, public: pub, enc, shared_secret: wanted } of vectors) {
    const pair = await core.wing.wingPair(fromHex(seed));
    const shared = await kem.decap({ recipientKey: pair, enc: fromHex(enc).buffer });
    if (!same(pair.pub, fromHex(pub)) || hex(new Uint8Array(shared)) !== wanted) wrong.push(seed);
  }
  return wrong;
}

export async function mlDsa(vectors) {
  const wrong = [];
  for (const { seed, public_sha256: wanted } of vectors) {
    const { pub } = await core.keys.mlDsaPair(fromHex(seed));
    if (hex(sha256(pub)) !== wanted) wrong.push(seed);
  }
  return wrong;
}

export async function argon2(vectors) {
  const wrong = [];
  for (const { passphrase: password, salt, memory, turns, lanes, output } of vectors) {
    const found = await argon2id({
      password,
      salt: fromHex(salt),
      memorySize: memory,
      iterations: turns,
      parallelism: lanes,
      hashLength: output.length / 2,
      outputType: 'hex',
    });
    if (found !== output) wrong.push(output);
  }
  return wrong;
}
