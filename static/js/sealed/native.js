// Which algorithms of the sealed protocol the browser brings itself; for the others the bundled modules step in.
const TRIALS = {
  'MLKEM768-X25519': ['raw-seed', ['decapsulateBits']],
  'ML-DSA-65': ['raw-seed', ['sign']],
};

const imports = async (name) => {
  const [format, uses] = TRIALS[name];
  await crypto.subtle.importKey(format, new Uint8Array(32), name, false, uses);
};

const found = async (trial) => {
  try { await trial(); return true; } catch { return false; }
};

/** {algorithm: whether WebCrypto has it}, tried and not read from a version. */
export const native = async () => ({
  'MLKEM768-X25519': await found(() => imports('MLKEM768-X25519')),
  'ML-DSA-65': await found(() => imports('ML-DSA-65')),
  Ed25519: await found(() => crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])),
});
