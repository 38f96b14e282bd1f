/**
 * The public id of a compressed image: `{request id}-{ordinal}`. It needs no column of its own, and cannot be guessed
 * because the request id, a random UUID, is part of it.
 */
export interface FileId {
  readonly requestId: string;
  /** Number of the image in the request, from 1. */
  readonly ordinal: number;
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const REQUEST_ID = new RegExp(`^${UUID}$`);
// Seven digits hold the largest request there can be, with room to spare.
const FILE_ID = new RegExp(`^(${UUID})-([1-9][0-9]{0,7})$`);

export const isRequestId = (text: string): boolean => REQUEST_ID.test(text);

export const formatFileId = ({ requestId, ordinal }: FileId): string => `${requestId}-${ordinal}`;

/** The parts of a file id, or null for any other text. */
export const parseFileId = (text: string): FileId | null => {
  const match = FILE_ID.exec(text);
  return match?.[1] === undefined ? null : { requestId: match[1], ordinal: Number(match[2]) };
};
