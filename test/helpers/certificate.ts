/**
 * X.509 certificates (RFC 5280) made on the spot, so that no private key and no date of expiry lies in the repository.
 * Only what a TLS test needs: a P-256 key, one DNS name, any period; signed by itself or by another such certificate.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  readonly name: string;
}

export interface CertificateOptions {
  /** The DNS name it is valid for; for an authority just a name. */
  readonly name: string;
  /** Who signs; without it the certificate signs itself. */
  readonly issuer?: Certificate;
  readonly authority?: boolean;
  readonly notAfter?: Date;
}

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const BASIC_CONSTRAINTS = '2.5.29.19';
const SUBJECT_ALT_NAME = '2.5.29.17';

export const makeCertificate = (options: CertificateOptions): Certificate => {
  const { name, issuer, authority = false, notAfter = new Date(Date.now() + DAY_MS) } = options;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const content = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    sequence(identifier(ECDSA_WITH_SHA256)),
    distinguishedName(issuer?.name ?? name),
    sequence(time(new Date(Date.now() - 30 * DAY_MS)), time(notAfter)),
    distinguishedName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(
      0xa3,
      sequence(
        sequence(
          identifier(BASIC_CONSTRAINTS),
          tagged(0x04, authority ? sequence(tagged(0x01, Buffer.from([0xff]))) : sequence()),
        ),
        sequence(identifier(SUBJECT_ALT_NAME), tagged(0x04, sequence(tagged(0x82, Buffer.from(name))))),
      ),
    ),
  );
  const signature = sign('sha256', content, createPrivateKey(issuer?.key ?? key));
  const der = sequence(content, sequence(identifier(ECDSA_WITH_SHA256)), bitString(signature));
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return { name, key, cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n` };
};

/** Tag, length and value of the Distinguished Encoding Rules (ITU-T X.690). */
const tagged = (tag: number, ...contents: readonly Buffer[]): Buffer => {
  const value = Buffer.concat(contents);
  const size = value.byteLength;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
};
const sequence = (...contents: readonly Buffer[]): Buffer => tagged(0x30, ...contents);
const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes);
const bitString = (bytes: Buffer): Buffer => tagged(0x03, Buffer.from([0]), bytes);
const time = (date: Date): Buffer =>
  tagged(0x18, Buffer.from(date.toISOString().replace(/[-:T]/g, '').replace(/\..*/, 'Z')));
const distinguishedName = (name: string): Buffer =>
  sequence(tagged(0x31, sequence(identifier(COMMON_NAME), tagged(0x0c, Buffer.from(name)))));

const identifier = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = rest.flatMap((arc) => {
    const groups = [arc & 127];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 127) | 128);
    return groups;
  });
  return tagged(0x06, Buffer.from([first * 40 + second, ...bytes]));
};
