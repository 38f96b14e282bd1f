import packageJson from '../package.json' with { type: 'json' };

/** The version in package.json. */
export const VERSION: string = packageJson.version;

/** How Halve names itself to the servers it calls: honest, with its version and what it is. */
export const USER_AGENT = `Halve/${VERSION} (image compressor for product catalogues)`;
