import { AppError } from '../core/errors.ts';
import type { App } from './app-types.ts';

/**
 * Makes every path answer the methods it does not take with 405 and `Allow` (RFC 9110, 15.5.6). Call it before the
 * routes of a scope; `finish`, after them, adds what is missing.
 */
export const refuseOtherMethods = (app: App): { finish: () => void } => {
  const taken = new Map<string, Set<string>>();
  const prefix = app.prefix;
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.refusal === true) return;
    const methods = taken.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    taken.set(url, methods);
  });
  return {
    finish: () => {
      for (const [url, methods] of taken) {
        const allow = [...methods].join(', ');
        app.route({
          method: app.supportedMethods.filter((method) => !methods.has(method)),
          url: url.slice(prefix.length) || '/',
          config: { refusal: true },
          handler: async (_request, reply) => {
            reply.header('allow', allow);
            throw new AppError('method_not_allowed');
          },
        });
      }
    },
  };
};
