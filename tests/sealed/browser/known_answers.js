/** Published answers of others: each function gives the names of what is not as it was published. */

import { argon2id } from 'hash-wasm';

import * as core from '../../../static/js/sealed/core.js';

const { fromHex, hex, same, sha256 } = core.bytes;

export async function xWing(vectors) {
  const wrong = [];
  for (const { skRm: seed, pkRm: pub, enc, shared_secret: wanted } of vectors) {
    const pair = await core.wing.wingPair(fromHex(seed));
    const shared = await core.wing.decap(pair.secret, fromHex(enc));
    if (!same(pair.pub, fromHex(pub)) || hex(shared) !== wanted) wrong.push(seed);
  }
  return wrong;
}

export async function keySchedule(vectors) {
  const wrong = [];
  for (const { suite, shared_secret: shared, info, key, base_nonce: nonce } of vectors) {
    const found = await core.hpke.keySchedule(fromHex(shared), fromHex(info), fromHex(suite));
    if (hex(found.key) !== key || hex(found.iv) !== nonce) wrong.push(suite);
  }
  return wrong;
}

export async function mlDsa(vectors) {
  const wrong = [];
  for (const { xi, pk } of vectors) {
    const { pub } = await core.keys.mlDsaPair(fromHex(xi));
    if (hex(sha256(pub)) !== pk) wrong.push(xi);
  }
  return wrong;
}

export async function argon2(vectors) {
  const wrong = [];
  for (const vector of vectors) {
    const found = await argon2id({
      password: fromHex(vector.pass),
      salt: fromHex(vector.salt),
      memorySize: Number(vector.memcost),
      iterations: Number(vector.iter),
      parallelism: Number(vector.lanes),
      hashLength: Number(vector.length),
      outputType: 'hex',
    });
    if (found !== vector.output) wrong.push(vector.output);
  }
  return wrong;
}
