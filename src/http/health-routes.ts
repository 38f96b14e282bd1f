import { AppError } from '../core/errors.ts';
import { VERSION } from '../version.ts';
import type { App, RouteContext } from './app-types.ts';
import { Health, Readiness } from './health-schema.ts';
import { GET_HEALTH, GET_READINESS } from './operation-docs.ts';
import { createReadinessCheck } from './readiness.ts';
import { refTo } from './schema-parts.ts';

/** `GET /healthz`: the process lives (restart it if not). `GET /readyz`: it can work (send it nothing if not). */
export const healthRoutes = (app: App, { engine, limits }: RouteContext): void => {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/healthz',
    config: { open: true, docs: GET_HEALTH },
    schema: { response: { 200: refTo(Health) } },
    handler: async () => ({ status: 'ok', version: VERSION }),
  });
  const check = createReadinessCheck(engine, limits.minFreeBytes);
  app.route({
    method: ['GET', 'HEAD'],
    url: '/readyz',
    config: { open: true, docs: GET_READINESS },
    schema: { response: { 200: refTo(Readiness) } },
    handler: async () => {
      const { ready, checks } = await check();
      if (!ready) throw new AppError('not_ready', { extras: { checks } });
      return { status: 'ok', checks };
    },
  });
};
