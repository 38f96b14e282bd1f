/** The first page: send a file, see what was sent before. Without this script the form still works. */
import { ApiProblem, call, element, hideProblem, keyHeaders, number, showProblem } from './api.js';

const BASE = document.body.dataset.base;
const form = document.getElementById('upload');
const drop = document.getElementById('drop');
const input = document.getElementById('file');
const button = form.querySelector('button');

/** How soon to ask again while the service is still storing what it got before the line broke. */
const IN_USE_RETRY_MS = 1000;

/**
 * The Idempotency-Key of what the form holds now: whoever clicks twice, or tries again after a fault of the network,
 * gets one request. Any change of the form is another wish.
 */
let wish = null;
const newKey = () =>
  // `crypto.randomUUID` exists on https and localhost only, and this page is also read over plain http in an office.
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
const forgetWish = () => {
  wish = null;
};
form.addEventListener('input', forgetWish);

/** Sends the form with progress, which `fetch` cannot show. */
const send = () =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${BASE}/upload`);
    request.responseType = 'json';
    for (const [name, value] of Object.entries(keyHeaders())) request.setRequestHeader(name, value);
    wish ??= newKey();
    request.setRequestHeader('idempotency-key', wish);
    request.upload.addEventListener('progress', ({ loaded, total, lengthComputable }) => {
      if (lengthComputable)
        button.textContent = loaded < total ? `Sending … ${Math.floor((100 * loaded) / total)} %` : 'Checking …';
    });
    request.addEventListener('load', () => {
      if (request.status === 202) resolve(request.response);
      else reject(new ApiProblem(request.response ?? { title: 'The answer could not be read.' }));
    });
    request.addEventListener('error', () => reject(new TypeError('network')));
    request.send(new FormData(form));
  });

const sendOnce = async () => {
  for (;;) {
    try {
      return await send();
    } catch (error) {
      const code = error instanceof ApiProblem ? error.problem.code : null;
      if (code === 'idempotency_key_in_use') await new Promise((resolve) => setTimeout(resolve, IN_USE_RETRY_MS));
      // The chosen file was changed on disk since it was first sent.
      else if (code === 'idempotency_key_reused') forgetWish();
      else throw error;
    }
  }
};

const submit = async () => {
  hideProblem();
  button.disabled = true;
  button.textContent = 'Sending …';
  try {
    const { request_id: id } = await sendOnce();
    location.assign(`${BASE}/requests/${id}`);
  } catch (error) {
    showProblem(error, submit);
  } finally {
    button.disabled = false;
    button.textContent = 'Halve the images';
  }
};

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void submit();
});

// The whole page takes a dropped file; the field stays the way for keyboards.
for (const type of ['dragenter', 'dragover']) {
  document.addEventListener(type, (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
}
for (const type of ['dragleave', 'drop']) document.addEventListener(type, () => drop.classList.remove('over'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length === 0) return;
  input.files = event.dataTransfer.files;
  forgetWish();
});

const STATES = {
  PENDING: 'waiting',
  PROCESSING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
};

const requestRow = (request) => {
  const name = element('a', {
    href: `${BASE}/requests/${request.request_id}`,
    textContent: request.file_name ?? request.request_id,
  });
  const sent = element('time', {
    dateTime: request.created_at,
    textContent: new Date(request.created_at).toLocaleString(),
  });
  return element(
    'tr',
    {},
    element('td', {}, name),
    element('td', { textContent: STATES[request.status] ?? request.status }),
    element('td', { textContent: number(request.total_images), className: 'number' }),
    element('td', { textContent: number(request.failed), className: 'number' }),
    element('td', {}, sent),
  );
};

const showRecent = async () => {
  const { requests } = await call('/requests?limit=20');
  if (requests.length === 0) return;
  document.getElementById('requests').replaceChildren(...requests.map(requestRow));
  document.getElementById('recent').hidden = false;
};

showRecent().catch((error) => {
  if (error instanceof ApiProblem && error.problem.code === 'unauthorized') showProblem(error, () => location.reload());
});
