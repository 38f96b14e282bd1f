import { S3Client } from '@aws-sdk/client-s3';
import { endpointOf, usesPathStyle } from './object-url.ts';
import type { S3Location } from './storage-url.ts';

/** How long things may take; the defaults are for production, tests make them small. */
export interface S3Limits {
  /** For a TCP connection. */
  readonly connectMs: number;
  /** From the begin of a try to the begin of its answer; more for large bodies, see {@link sendingTimeMs}. */
  readonly requestMs: number;
  /** Without a byte of an answer, while somebody waits for it. */
  readonly silenceMs: number;
}

export const DEFAULT_S3_LIMITS: S3Limits = { connectMs: 2_000, requestMs: 15_000, silenceMs: 15_000 };

/** Of the SDK's standard mode, with jittered waits between them. */
const MAX_TRIES = 3;
/** Bytes a millisecond: 64 kB/s, the slowest uplink worth waiting for. */
const SLOWEST_PACE = 64;

/** A connection to a bucket, and what is known of it. */
export interface S3Access {
  readonly client: S3Client;
  readonly location: S3Location;
  readonly limits: S3Limits;
}

/** How long sending a body of so many bytes may take, until the answer begins. */
export const sendingTimeMs = (bytes: number, { requestMs }: S3Limits): number => requestMs + bytes / SLOWEST_PACE;

/** A client for the server of a bucket. Credentials come from the SDK's usual chain: environment, profile, instance. */
export const createS3Client = (location: S3Location, limits: S3Limits = DEFAULT_S3_LIMITS): S3Client =>
  new S3Client({
    region: location.region,
    // Said for AWS too: AWS_ENDPOINT_URL would send objects elsewhere than our links point to.
    endpoint: endpointOf(location),
    forcePathStyle: usesPathStyle(location),
    maxAttempts: MAX_TRIES,
    retryMode: 'standard',
    // Many servers that speak S3 know no trailing checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // It costs a round trip and, with the SDK, a connection of its own each time; our bodies are small.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: limits.connectMs,
      requestTimeout: limits.requestMs,
      throwOnRequestTimeout: true,
      // Bounded by those who use it. Fifty slow readers, the SDK's limit, would otherwise keep everybody else waiting.
      httpAgent: { maxSockets: Number.POSITIVE_INFINITY },
      httpsAgent: { maxSockets: Number.POSITIVE_INFINITY },
    },
  });
