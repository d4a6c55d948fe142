// Passkeys: asks the browser for one and sends its answer with the form. Without this file the forms stay hidden.
const bytes = (text) => {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
};
const text = (buffer) => {
  const plain = [...new Uint8Array(buffer)].map((byte) => String.fromCharCode(byte)).join('');
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
};
const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

const ask = {
  get: (options) => navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) },
  }),
  create: (options) => navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: named(options.excludeCredentials),
    },
  }),
};

// The answer as the server reads it; only what the ceremony needs, each part where it exists.
const written = (credential) => {
  const { response } = credential;
  const parts = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response: Object.fromEntries(parts.filter((part) => response[part]).map((part) => [part, text(response[part])])),
  });
};

const run = async (form) => {
  const answer = await fetch(form.dataset.options, {
    method: 'POST',
    headers: { 'X-CSRFToken': form.elements.csrfmiddlewaretoken.value },
  });
  // The factor went stale while the page was open: asked anew, the page leads to the step-up and back.
  if (answer.redirected) { location.reload(); return; }
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  const { publicKey } = await answer.json();
  form.elements.credential.value = written(await ask[form.dataset.passkey](publicKey));
  form.submit();
};

if (window.PublicKeyCredential) {
  document.querySelectorAll('form[data-passkey]').forEach((form) => {
    const problem = form.querySelector('[data-problem]');
    let busy = false;
    form.hidden = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (busy) return;
      busy = true;
      problem.hidden = true;
      try {
        await run(form);
      } catch {
        problem.hidden = false;
      }
      busy = false;
    });
  });
}
