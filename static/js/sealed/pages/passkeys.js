/**
 * Passkeys that keep a key (WebAuthn PRF): asked by the page, since a worker may not. What they answer goes to the
 * worker and nowhere else; nothing of it is ever posted.
 */

const PATIENCE = 120_000;
const CHALLENGE_BYTES = 32;

export const canAskPasskeys = () => 'PublicKeyCredential' in globalThis;

/** No server checks an answer here: only the secret behind it opens something. */
const challenge = () => crypto.getRandomValues(new Uint8Array(CHALLENGE_BYTES));

/** @param {PublicKeyCredential} credential */
function heldBy(credential) {
  const output = credential.getClientExtensionResults().prf?.results?.first;
  return output ? { credential: new Uint8Array(credential.rawId), output: new Uint8Array(output) } : null;
}

/**
 * Makes a passkey of this account; null where it cannot keep a key.
 * @param {{uid: string, name: string}} whose
 * @param {Uint8Array} input the protocol's constant
 */
export async function madePasskey({ uid, name }, input) {
  const made = await navigator.credentials.create({
    publicKey: {
      rp: { name: 'OpenCEN' },
      user: { id: new TextEncoder().encode(`sealed ${uid}`), name, displayName: name },
      challenge: challenge(),
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -8 }, { type: 'public-key', alg: -257 }],
      authenticatorSelection: { userVerification: 'required', residentKey: 'preferred' },
      extensions: { prf: { eval: { first: input } } },
      timeout: PATIENCE,
    },
  });
  if (!made.getClientExtensionResults().prf?.enabled) return null;
  // Some answer only when they are asked again.
  return heldBy(made) ?? askedPasskey([new Uint8Array(made.rawId)], input);
}

/**
 * What one of these passkeys keeps, after its owner showed himself.
 * @param {Uint8Array[]} credentials
 * @param {Uint8Array} input
 */
export async function askedPasskey(credentials, input) {
  const asked = await navigator.credentials.get({
    publicKey: {
      challenge: challenge(),
      allowCredentials: credentials.map((id) => ({ type: 'public-key', id })),
      userVerification: 'required',
      extensions: { prf: { eval: { first: input } } },
      timeout: PATIENCE,
    },
  });
  return heldBy(asked);
}
