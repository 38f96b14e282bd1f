/** The environment of this process. The only place that reads it; everything else is handed its settings. */
export const systemEnvironment: Readonly<Record<string, string | undefined>> = process.env;
