/** A part that lives as long as the program. Both calls may come twice; the second does nothing. */
export interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts in order; when one fails, those already started are stopped again, in reverse, and the failure goes on. */
export const startAll = async (services: readonly Service[]): Promise<void> => {
  const started: Service[] = [];
  try {
    for (const service of services) {
      await service.start();
      started.push(service);
    }
  } catch (error) {
    await stopAll(started);
    throw error;
  }
};

/** Stops in reverse order; a failing part does not keep the others from being stopped. */
export const stopAll = async (services: readonly Service[]): Promise<void> => {
  const failures: unknown[] = [];
  for (const service of services.toReversed()) {
    try {
      await service.stop();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Some parts could not be stopped');
};
