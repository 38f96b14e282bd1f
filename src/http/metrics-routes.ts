import { countRequests } from '../db/requests.ts';
import type { App, RouteContext } from './app-types.ts';
import { GET_METRICS } from './operation-docs.ts';

/** `GET /metrics`: what operators watch, for Prometheus to collect. */
export const metricsRoutes = (app: App, { engine, metrics, live }: RouteContext): void => {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/metrics',
    config: { docs: GET_METRICS },
    handler: async (_request, reply) => {
      const text = await metrics.text({
        requests: await countRequests(engine.database.read),
        queue: await engine.queue.depths(),
        paused: engine.supervisor.paused !== null,
        eventStreams: live.streams.size,
      });
      return reply.header('cache-control', 'no-store').type(metrics.contentType).send(text);
    },
  });
};
