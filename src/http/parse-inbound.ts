import type { Static } from '@fastify/type-provider-typebox';
import { Compile } from 'typebox/compile';
import { AppError } from '../core/errors.ts';
import { oneLine } from '../core/one-line.ts';
import type { InboundMessage } from '../work/inbound-messages.ts';
import type { ImageReport } from '../work/outside-results.ts';
import { InboundBody, MAX_REPORTS, MAX_URL_LENGTH, ReportedImage } from './inbound-schema.ts';

interface InboundFault {
  /** `images[3].output_url` */
  readonly field: string;
  readonly detail: string;
}

/** Faults listed at most; all are counted. */
const MAX_FAULTS = 100;
/** Of the processor's own words, as in every message about an image. */
const MAX_ERROR_LENGTH = 300;
const ANNOUNCE = 'request.announce';

type Body = Static<typeof InboundBody>;
type Report = Static<typeof ReportedImage>;

// The validators stop after eight faults, so the list is checked as a whole and then image by image.
const checkImage = Compile(ReportedImage);
const { images: _, ...outside } = InboundBody.properties;
const checkOutside = Compile({ ...InboundBody, properties: outside });

/**
 * Reads a message whose signature was checked.
 * @param body UTF-8 JSON
 * @throws AppError `malformed_request` with every fault in `extras.errors`
 */
export const parseInbound = (body: Uint8Array): Omit<InboundMessage, 'id' | 'body'> => {
  const value = parseJson(body);
  const faults = faultsOf(value);
  if (faults.length > 0) throw malformed(faults);
  // Checked just now.
  const message = value as Body;
  return { requestId: message.request_id.toLowerCase(), reports: message.images?.map(toReport) ?? null };
};

const parseJson = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new AppError('malformed_request', { detail: 'The body is not JSON in UTF-8.', cause: error });
  }
};

const malformed = (faults: readonly InboundFault[]): AppError => {
  const shown = faults.slice(0, MAX_FAULTS);
  const rest = faults.length > 1 ? ` (and ${faults.length - 1} more faults)` : '';
  return new AppError('malformed_request', {
    detail: `The message is not taken. ${shown[0]?.detail ?? ''}${rest}`,
    extras: { total_errors: faults.length, errors: shown },
  });
};

const faultsOf = (value: unknown): readonly InboundFault[] => {
  const outer = schemaFaults(checkOutside.Errors(value), '');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return outer;
  const images: unknown = 'images' in value ? value.images : undefined;
  if (images === undefined) return [...outer, ...typeFault(value)];
  if (!Array.isArray(images)) return [...outer, fault('images', 'must be array')];
  if (images.length === 0 || images.length > MAX_REPORTS) {
    return [...outer, fault('images', `expected 1 to ${MAX_REPORTS} images, got ${images.length}`)];
  }
  return [...outer, ...images.flatMap((image: unknown, index) => imageFaults(image, `images[${index}]`))];
};

/**
 * A message of another type without images is something else that was sent here, such as the webhook of a request whose
 * webhook_url is this very address; announcing again would go round for ever.
 */
const typeFault = (value: object): InboundFault[] => {
  const type: unknown = 'type' in value ? value.type : undefined;
  if (typeof type !== 'string' || type === ANNOUNCE) return [];
  return [fault('type', `expected ${ANNOUNCE} for a message without images, got "${oneLine(type, 50)}"`)];
};

const imageFaults = (image: unknown, place: string): InboundFault[] => {
  const faults = schemaFaults(checkImage.Errors(image), place);
  if (faults.length > 0) return faults;
  // Checked just now.
  const { output_url = null, error = null } = image as Report;
  if ((output_url === null) === (error === null)) {
    return [fault(place, `expected either output_url or error, got ${error === null ? 'neither' : 'both'}`)];
  }
  return output_url === null || isStorable(output_url)
    ? []
    : [
        fault(
          `${place}.output_url`,
          `expected an http(s) address of at most ${MAX_URL_LENGTH} characters without spaces and user names`,
        ),
      ];
};

/** An address that reads the same for everybody who is handed it: in a CSV cell, in a page, in a browser. */
const isStorable = (text: string): boolean => {
  if (/[\s\p{Cc}\p{Cf}\p{Cs}\\]/u.test(text) || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
};

const fault = (field: string, detail: string): InboundFault => ({ field, detail: `${field || 'message'}: ${detail}.` });

/** TypeBox says where by a JSON pointer (RFC 6901), and what in a few words. */
const schemaFaults = (
  errors: readonly { readonly instancePath: string; readonly message: string }[],
  place: string,
): InboundFault[] =>
  errors.map(({ instancePath, message }) => {
    const inside = instancePath.slice(1).replaceAll('/', '.');
    return fault(place === '' || inside === '' ? place + inside : `${place}.${inside}`, message);
  });

const toReport = (image: Report): ImageReport => ({
  inputUrl: image.input_url,
  fileId: image.file_id ?? null,
  result: typeof image.error === 'string' ? errorOf(image.error) : successOf(image),
});

const errorOf = (error: string): ImageReport['result'] => ({
  ok: false,
  message: oneLine(error, MAX_ERROR_LENGTH) || 'The outside image processor failed without a reason.',
});

const successOf = (image: Report): ImageReport['result'] => ({
  ok: true,
  outputUrl: image.output_url ?? '',
  format: image.format ?? null,
  width: image.width ?? null,
  height: image.height ?? null,
  quality: image.quality ?? null,
  bytesIn: image.bytes_in ?? null,
  bytesOut: image.bytes_out ?? null,
});
