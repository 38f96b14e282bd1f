/** The webhooks and e-mails of a finished request: what became of them, and sending one again. */
import { call, element, showProblem } from './api.js';

const KINDS = { webhook: 'Webhook', email: 'E-mail' };
const STATES = { PENDING: 'waiting', DELIVERED: 'delivered', FAILED: 'not delivered' };
const ASK_MS = 1_000;
/** A receiver is given 15 s to answer; a mail server may take a little longer. */
const MAX_ASKS = 30;

const time = (iso) => element('time', { dateTime: iso, textContent: new Date(iso).toLocaleString() });

const stateLine = ({ state, attempts, next_attempt_at: next }) => {
  const last = attempts.at(-1);
  const line = element('p', {}, element('strong', { textContent: STATES[state] ?? state }));
  if (last !== undefined) line.append(` – ${last.result}`);
  if (next !== null) line.append('; next attempt ', time(next));
  return line;
};

const log = ({ attempts }) => {
  const lines = attempts.map(({ at, result, by_hand: byHand }) =>
    element('li', {}, time(at), `: ${result}${byHand ? ' (sent by hand)' : ''}`),
  );
  const summary = element('summary', {
    textContent: attempts.length === 1 ? '1 attempt' : `${attempts.length} attempts`,
  });
  return element('details', { hidden: attempts.length === 0 }, summary, element('ol', {}, ...lines));
};

/** Asks until there is another attempt in the log of a delivery, and answers it as it stands then. */
const untilAttempted = async (id, before) => {
  let delivery = await call(`/deliveries/${id}`);
  for (let asks = 1; delivery.attempts.length <= before && asks < MAX_ASKS; asks += 1) {
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    delivery = await call(`/deliveries/${id}`);
  }
  return delivery;
};

/** An entry that is filled anew only when something in it changed, so that neither focus nor an open log is lost. */
const deliveryEntry = (speak) => {
  let shown = '';
  let current;
  const button = element('button', { type: 'button', textContent: 'Send again' });
  const facts = element('div');
  const entry = element('li', {}, facts, button);
  const show = (delivery) => {
    current = delivery;
    if (JSON.stringify(delivery) === shown) return;
    shown = JSON.stringify(delivery);
    const { kind, target } = delivery;
    const name = `${KINDS[kind] ?? kind} to ${target}`;
    button.ariaLabel = `Send again: ${name}`;
    facts.replaceChildren(element('p', { textContent: name }), stateLine(delivery), log(delivery));
  };
  button.addEventListener('click', async () => {
    const { id, kind, attempts } = current;
    // Not `disabled`: that would take the focus away.
    if (button.ariaDisabled === 'true') return;
    button.ariaDisabled = 'true';
    button.textContent = 'Sending …';
    try {
      await call(`/deliveries/${id}/replay`, { method: 'POST' });
      show(await untilAttempted(id, attempts.length));
      speak(`${KINDS[kind] ?? kind}: ${current.attempts.at(-1)?.result ?? 'no answer yet'}`);
    } catch (error) {
      showProblem(error, () => button.click());
    } finally {
      button.ariaDisabled = 'false';
      button.textContent = 'Send again';
    }
  });
  return { entry, show };
};

/** A section that shows deliveries; `speak` says a sentence to screen readers. */
export const createDeliveries = (section, speak) => {
  const list = section.querySelector('ul');
  const entries = new Map();
  return (deliveries) => {
    section.hidden = deliveries.length === 0;
    for (const delivery of deliveries) {
      if (!entries.has(delivery.id)) {
        const made = deliveryEntry(speak);
        entries.set(delivery.id, made);
        list.append(made.entry);
      }
      entries.get(delivery.id).show(delivery);
    }
  };
};
