import { verifySignature } from '../notify/sign.ts';
import type { App, RouteContext } from './app-types.ts';
import { WEBHOOK_COMPLETED } from './inbound-docs.ts';
import { InboundAnswer } from './inbound-schema.ts';
import { parseInbound } from './parse-inbound.ts';
import { readMessage } from './read-message.ts';
import { refTo } from './schema-parts.ts';

/**
 * `POST /webhook-completed`: messages that prove by their signature where they come from. The bytes are judged before
 * anything is read from them.
 */
export const webhookCompletedRoutes = (app: App, { engine, limits }: RouteContext): void => {
  app.post(
    '/webhook-completed',
    { config: { open: true, docs: WEBHOOK_COMPLETED }, schema: { response: { 200: refTo(InboundAnswer) } } },
    async (request) => {
      const body = await readMessage(request, limits);
      const { headers } = request;
      const { id } = verifySignature({ headers, body, secrets: engine.webhookSecrets, now: Date.now() });
      const message = parseInbound(body);
      request.aboutRequest = message.requestId;
      return engine.inbound.take({ id, body, ...message });
    },
  );
};
