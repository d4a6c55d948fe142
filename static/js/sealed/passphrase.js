// Argon2id with the cost that opens a keyset by passphrase: 64 MiB, three passes, one lane.
import { argon2id } from 'hash-wasm';

export const COST = { memorySize: 65536, iterations: 3, parallelism: 1 };

/** The 32 bytes that a passphrase and its salt stretch to. */
export const stretch = (password, salt) => argon2id({ ...COST, password, salt, hashLength: 32, outputType: 'binary' });
