/** The page of one request: how far it is, what failed, and its files. */
import { bytes, call, element, hideProblem, number, showProblem } from './api.js';
import { createDeliveries } from './deliveries.js';
import { follow } from './follow.js';

const ID = document.body.dataset.request;
/** Deliveries change after the end, when no stream tells; those waiting for hours are not waited for. */
const DELIVERIES_MS = 3_000;
const SOON_MS = 60_000;
/** Numbers older than this, with no stream to renew them, are said to be old. */
const OLD_MS = 4_000;
/** A screen reader is told at most this often, or at a change of state. */
const SPEAK_MS = 10_000;

const byId = (id) => document.getElementById(id);

const duration = (seconds) => {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
};

const sentenceOf = ({ status, paused, progress, finished_at, error, bytes_in, bytes_out, saved_percent }) => {
  const { total, done, failed } = progress;
  const saved = saved_percent === null ? '' : ` ${bytes(bytes_in)} → ${bytes(bytes_out)} (${saved_percent} % saved).`;
  if (finished_at === null) {
    if (status === 'PENDING') return 'Waiting to be started.';
    return status === 'CANCELLED'
      ? 'Cancelled; the files are being written …'
      : `${number(done + failed)} of ${number(total)} images are settled.${paused === null ? '' : ` Work rests: ${paused}`}`;
  }
  const good = `${number(done)} of ${number(total)} images are done.${saved}`;
  const bad = failed === 0 ? '' : ` ${number(failed)} ${failed === 1 ? 'needs' : 'need'} you.`;
  return `${status === 'CANCELLED' ? 'Cancelled. ' : ''}${error === null ? '' : `${error} `}${good}${bad}`;
};

const TITLES = {
  PENDING: 'Waiting',
  PROCESSING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
};

const showNumbers = ({ progress, bytes_in, bytes_out, saved_percent, finished_at }) => {
  const facts = [
    ['Done', number(progress.done)],
    ['Failed', number(progress.failed)],
    ['All', number(progress.total)],
    ['Before', bytes(bytes_in)],
    ['After', bytes(bytes_out)],
    ['Saved', saved_percent === null ? '–' : `${saved_percent} %`],
  ];
  if (finished_at === null) {
    const { images_per_second: rate, eta_seconds: eta } = progress;
    facts.push(['Images a second', rate === null ? '–' : rate.toFixed(1)]);
    facts.push(['Time left', eta === null ? '–' : eta < 10 ? 'a few seconds' : `about ${duration(eta)}`]);
  }
  const pairs = facts.map(([name, value]) =>
    element('div', {}, element('dt', { textContent: name }), element('dd', { textContent: value })),
  );
  byId('numbers').replaceChildren(...pairs);
};

const showBar = ({ total, done, failed, percent }) => {
  const bar = document.querySelector('.bar');
  bar.setAttribute('aria-valuenow', String(percent));
  bar.setAttribute('aria-valuetext', `${percent} %, ${failed} failed`);
  const width = (count) => `${total === 0 ? 0 : (100 * count) / total}%`;
  bar.querySelector('.done').style.width = width(done);
  bar.querySelector('.failed').style.width = width(failed);
};

const showFiles = ({ output_csv: output, errors_csv: errors }) => {
  byId('files').hidden = output === null;
  byId('errors-item').hidden = errors === null;
};

const showFailures = ({ failures }) => {
  byId('failures').hidden = failures.length === 0;
  const rows = failures.map(({ count, message }) =>
    element(
      'tr',
      {},
      element('td', { textContent: number(count), className: 'number' }),
      element('td', { textContent: message }),
    ),
  );
  byId('failure-rows').replaceChildren(...rows);
};

/** The first products with failures, once the request is finished: they do not change any more then. */
const showFailedProducts = async () => {
  const { products } = await call(`/status/${ID}?state=failed&limit=20`);
  const lines = products.flatMap(({ serial_number, product_name, images }) =>
    images
      .map((image, index) => ({ image, index }))
      .filter(({ image }) => image.state === 'FAILED')
      .map(({ image, index }) => {
        const name = element('strong', { textContent: `${serial_number} ${product_name}`.trim() });
        const link = element('a', { href: image.input_url, rel: 'noreferrer', textContent: image.input_url });
        return element('li', {}, name, `, image ${index + 1} of ${images.length}: ${image.message} `, link);
      }),
  );
  byId('failed-products').replaceChildren(...lines);
  byId('failed-title').hidden = lines.length === 0;
};

const speak = (sentence) => {
  byId('spoken').textContent = sentence;
};

let spoken = { at: 0, status: '' };
const speakProgress = ({ status }, sentence) => {
  const now = Date.now();
  if (status === spoken.status && now - spoken.at < SPEAK_MS) return;
  spoken = { at: now, status };
  speak(sentence);
};

const showDeliveries = createDeliveries(byId('deliveries'), speak);

const show = (status) => {
  const { progress, finished_at } = status;
  const sentence = sentenceOf(status);
  byId('status').hidden = false;
  byId('title').textContent = TITLES[status.status] ?? status.status;
  document.title = `${finished_at === null ? `${Math.floor(progress.percent)} % – ` : ''}${TITLES[status.status]} – Halve`;
  byId('sentence').textContent = sentence;
  showBar(progress);
  showNumbers(status);
  showFiles(status);
  showFailures(status);
  byId('start').hidden = status.status !== 'PENDING';
  byId('cancel').hidden = finished_at !== null || status.status === 'CANCELLED';
  byId('retry').hidden = finished_at === null || progress.failed === 0;
  speakProgress(status, sentence);
};

/** How fresh the numbers are: `at` null before the first. */
const freshness = { following: false, live: false, at: null };
const showFreshness = () => {
  const { following, live, at } = freshness;
  const age = at === null ? 0 : Date.now() - at;
  const lost = following && !live && at !== null && age >= OLD_MS;
  if (lost && byId('lost').hidden) speak('The connection is lost. Reconnecting …');
  byId('lost').hidden = !lost;
  if (lost) byId('lost').textContent = `Reconnecting … the numbers are ${duration(Math.round(age / 1_000))} old.`;
};
setInterval(showFreshness, 1_000);

let latest = null;
const onStatus = (status) => {
  latest = status;
  freshness.at = Date.now();
  show(status);
  showFreshness();
};

const onLive = (live) => {
  freshness.live = live;
  showFreshness();
};

/** Shows deliveries until none is due soon. */
const followDeliveries = async (signal) => {
  for (;;) {
    const { deliveries } = await call(`/status/${ID}?limit=1`, { signal });
    showDeliveries(deliveries);
    const soon = deliveries.some(
      ({ state, next_attempt_at: next }) =>
        state === 'PENDING' && (next === null || Date.parse(next) - Date.now() < SOON_MS),
    );
    if (!soon) return;
    await new Promise((resolve) => setTimeout(resolve, DELIVERIES_MS));
  }
};

let current = new AbortController();
/** Follows the request to its end, from wherever it stands; what was followed before is let go. */
const watch = async () => {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  freshness.following = true;
  hideProblem();
  byId('failed-title').hidden = true;
  byId('failed-products').replaceChildren();
  try {
    await follow(ID, { signal, onStatus, onLive });
    if (signal.aborted) return;
    freshness.following = false;
    showFreshness();
    if (latest.progress.failed > 0) await showFailedProducts();
    await followDeliveries(signal);
  } catch (error) {
    if (signal.aborted) return;
    freshness.following = false;
    showFreshness();
    showProblem(error, watch);
  }
};

const act = async (path) => {
  try {
    await call(path, { method: 'POST' });
    void watch();
  } catch (error) {
    showProblem(error, watch);
  }
};

byId('start').addEventListener('click', () => act(`/process/${ID}`));
byId('retry').addEventListener('click', () => act(`/process/${ID}`));
byId('cancel').addEventListener('click', () => act(`/cancel/${ID}`));
void watch();
