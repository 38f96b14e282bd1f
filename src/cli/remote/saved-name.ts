/** What Windows keeps for devices, with or without an extension. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * The name a server offers for a file, if a file can be saved under it: nothing that leads out of the folder, hides the
 * file, or cannot stand in a name on Windows. Null otherwise.
 */
export const savedName = (offered: string | null): string | null => {
  if (offered === null || offered.length > 250) return null;
  const isName = !/[/\\:*?"<>|\p{Cc}]/u.test(offered) && !/^[\s.-]|[\s.]$/.test(offered);
  return isName && offered !== '' && !RESERVED.test(offered) ? offered : null;
};
