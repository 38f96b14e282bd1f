/** Formats that Halve knows by their first bytes and does not take, each with what to do about it. */

/** A file begins with these latin-1 characters, at these offsets. */
export type Signature = readonly (readonly [number, string])[];

export interface RefusedFormat {
  /** Completes "The file is in the format …". */
  readonly name: string;
  /** One sentence: what the owner of the file can do. */
  readonly hint: string;
}

const DRAWING = 'It is a drawing or a document, not a picture made of pixels: export it as PNG.';
const WORKSHOP = 'Export it as JPEG or PNG.';
const MODERN = 'Few browsers show it: save it as JPEG, WebP or AVIF.';
const ARCHIVE = 'It is packed: put the picture itself on the server.';
const FILM = 'It is a film, not a picture.';

export const SVG: RefusedFormat = { name: 'SVG', hint: DRAWING };
export const HEIC: RefusedFormat = {
  name: 'HEIC',
  hint: 'Few browsers show it: save it as JPEG. An iPhone takes JPEGs with Settings, Camera, Formats, Most Compatible.',
};
export const VIDEO: RefusedFormat = { name: 'video', hint: FILM };

const at = (name: string, hint: string, ...signatures: Signature[]): readonly [RefusedFormat, readonly Signature[]] => [
  { name, hint },
  signatures,
];
const start = (...texts: readonly string[]): Signature[] => texts.map((text) => [[0, text]]);

const TABLE: readonly (readonly [RefusedFormat, readonly Signature[]])[] = [
  at('PDF', DRAWING, ...start('%PDF-')),
  at('PostScript', DRAWING, ...start('%!PS', '\xc5\xd0\xd3\xc6')),
  at('Windows metafile', DRAWING, ...start('\xd7\xcd\xc6\x9a'), [
    [0, '\x01\0\0\0'],
    [40, ' EMF'],
  ]),
  at('camera raw', WORKSHOP, ...start('FUJIFILMCCD-RAW', 'IIRO', 'IIRS', 'IIU\0'), [
    [0, 'II*\0'],
    [8, 'CR'],
  ]),
  at('JPEG XR', MODERN, ...start('II\xbc')),
  // Many cameras' raw files are TIFF, too.
  at('TIFF', WORKSHOP, ...start('II*\0', 'MM\0*', 'II+\0', 'MM\0+')),
  at('Photoshop (PSD)', WORKSHOP, ...start('8BPS')),
  at('GIMP (XCF)', WORKSHOP, ...start('gimp xcf')),
  at('JPEG XL', MODERN, ...start('\xff\x0a', '\0\0\0\x0cJXL ')),
  at('JPEG 2000', MODERN, ...start('\xff\x4f\xff\x51', '\0\0\0\x0cjP  ')),
  at('BMP', WORKSHOP, [
    [0, 'BM'],
    [6, '\0\0\0\0'],
  ]),
  at('icon (ICO)', WORKSHOP, ...start('\0\0\x01\0')),
  at('cursor (CUR)', WORKSHOP, ...start('\0\0\x02\0')),
  at('ICNS', WORKSHOP, ...start('icns')),
  at('MNG', WORKSHOP, ...start('\x8aMNG', '\x8bJNG')),
  at('PNM', WORKSHOP, ...[1, 2, 3, 4, 5, 6, 7].flatMap((kind) => start(`P${kind}\n`, `P${kind} `))),
  at('DDS', WORKSHOP, ...start('DDS ')),
  at('OpenEXR', WORKSHOP, ...start('v/1\x01')),
  at('Radiance HDR', WORKSHOP, ...start('#?RADIANCE')),
  at('QOI', WORKSHOP, ...start('qoif')),
  at('gzip', ARCHIVE, ...start('\x1f\x8b')),
  at('ZIP', ARCHIVE, ...start('PK\x03\x04')),
  at('RAR', ARCHIVE, ...start('Rar!\x1a')),
  at('7-Zip', ARCHIVE, ...start('7z\xbc\xaf\x27\x1c')),
  at('video', FILM, ...start('\x1a\x45\xdf\xa3'), [
    [0, 'RIFF'],
    [8, 'AVI '],
  ]),
  at('Flash', FILM, ...start('FWS', 'CWS')),
];

/** The refused format a file begins as, by its first bytes as latin-1 text. */
export const findRefused = (head: string): RefusedFormat | undefined =>
  TABLE.find(([, signatures]) => signatures.some((signature) => beginsWith(head, signature)))?.[0];

export const beginsWith = (head: string, signature: Signature): boolean =>
  signature.every(([offset, text]) => head.startsWith(text, offset));
