/**
 * What a picture shows: the product in its setting, the same from nearer, from its other side, cut out on transparent
 * ground, or turning round.
 */
export const TAKES = ['front', 'detail', 'angle', 'cutout', 'spin'] as const;
export type Take = (typeof TAKES)[number];

/** How picture files of real catalogues are encoded, with their extension and content type. */
export const ENCODINGS = {
  jpeg: ['jpg', 'image/jpeg'],
  'jpeg-444': ['jpg', 'image/jpeg'],
  'jpeg-progressive': ['jpg', 'image/jpeg'],
  /** Pixels lying on their side, with the orientation tag that sets them upright. */
  'jpeg-turned': ['jpg', 'image/jpeg'],
  'jpeg-gray': ['jpeg', 'image/jpeg'],
  'jpeg-cmyk': ['jpg', 'image/jpeg'],
  /** In the wide-gamut profile Display P3, as phones take them. */
  'jpeg-p3': ['jpg', 'image/jpeg'],
  png: ['png', 'image/png'],
  'png-palette': ['png', 'image/png'],
  webp: ['webp', 'image/webp'],
  'webp-lossless': ['webp', 'image/webp'],
  avif: ['avif', 'image/avif'],
  gif: ['gif', 'image/gif'],
} as const;
export type Encoding = keyof typeof ENCODINGS;

/** As in the product table: `front:jpeg`. */
export type PictureName = `${Take}:${Encoding}`;

/** The two halves of a picture's name, and where its file lies on the demo's origin. */
export const readPictureName = (slug: string, name: PictureName) => {
  const take = TAKES.find((each) => name.startsWith(`${each}:`));
  const encoding = Object.keys(ENCODINGS).find((each): each is Encoding => name.endsWith(`:${each}`));
  if (take === undefined || encoding === undefined) throw new TypeError(`no such picture: ${name}`);
  const [extension, contentType] = ENCODINGS[encoding];
  return { take, encoding, path: `/catalogue/${slug}-${take}.${extension}`, contentType };
};
