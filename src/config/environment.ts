/** The environment of this process. The only place that reads it; everything else is handed its settings. */
export const systemEnvironment: Readonly<Record<string, string | undefined>> = process.env;

/**
 * The variables an S3 client looks for: all of AWS's, the folder of the profiles, and additional certificate authorities,
 * which servers within a company often need. Presses get these and nothing else of the environment.
 */
export const storageEnvironment = (environment: typeof systemEnvironment): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    const isWanted = name.startsWith('AWS_') || ['HOME', 'USERPROFILE', 'NODE_EXTRA_CA_CERTS'].includes(name);
    if (isWanted && value !== undefined) found[name] = value;
  }
  return found;
};
