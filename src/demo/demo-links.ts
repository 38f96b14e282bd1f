import type { ImageErrorCode } from '../core/errors.ts';
import { DEMO_PRODUCTS } from './demo-products.ts';
import { readPictureName } from './picture-name.ts';

/** An address of the demo's CSV that does not simply serve a picture of the table. */
export interface SpecialLink {
  /** The row it stands in, last in its cell. */
  readonly slug: string;
  /** A path on the demo's origin, or a whole address elsewhere. */
  readonly address: string;
  /** What Halve must make of it; null: the picture arrives all the same. */
  readonly fails: ImageErrorCode | null;
  /** How the demo's origin answers; null for addresses elsewhere. `picture` is the path whose bytes it serves. */
  readonly answer:
    | null
    | { readonly kind: 'missing' | 'login' | 'svg' }
    | { readonly kind: 'cut' | 'busy' | 'moved' | 'alias'; readonly picture: string };
}

const elsewhere = (slug: string, address: string, fails: ImageErrorCode): SpecialLink => ({
  slug,
  address,
  fails,
  answer: null,
});

/** Six that must fail, each in a way real catalogues do, and three that only look as if they would. */
export const SPECIAL_LINKS: readonly SpecialLink[] = [
  { slug: 'vase-raw', address: '/catalogue/2019/vase-raw-old.jpg', fails: 'http_status', answer: { kind: 'missing' } },
  { slug: 'lamp-brass', address: '/members/lamp-brass-hires.jpg', fails: 'not_an_image', answer: { kind: 'login' } },
  {
    slug: 'tote',
    address: '/catalogue/tote-detail.jpg',
    fails: 'truncated_image',
    answer: { kind: 'cut', picture: '/catalogue/tote-front.jpg' },
  },
  { slug: 'basket', address: '/catalogue/basket-sketch.svg', fails: 'unsupported_format', answer: { kind: 'svg' } },
  // RFC 2606 reserves .example: no such name exists. (.invalid never does either, but Halve refuses it unasked.)
  elsewhere('stool-black', 'http://nohost.invalid/stool-black.jpg', 'host_not_found'),
  // Where cloud machines keep their credentials; no catalogue may make a server fetch it.
  elsewhere('cactus', 'http://169.254.169.254/latest/cactus.jpg', 'address_not_allowed'),
  {
    slug: 'beanie-mustard',
    address: '/busy/beanie-mustard-back.jpg',
    fails: null,
    answer: { kind: 'busy', picture: '/catalogue/beanie-mustard-front.jpg' },
  },
  {
    slug: 'cushion',
    address: '/moved/cushion-detail.jpg',
    fails: null,
    answer: { kind: 'moved', picture: '/catalogue/cushion-front.jpg' },
  },
  {
    slug: 'towels',
    address: '/resize/w_1200,h_900/towels.jpg',
    fails: null,
    answer: { kind: 'alias', picture: '/catalogue/towels-front.jpg' },
  },
];

/** One row of the demo's CSV; addresses without a host are paths on the demo's origin. */
export interface DemoRow {
  readonly name: string;
  readonly price: string;
  readonly addresses: readonly string[];
}

/** The last row sells two products together and shows their pictures: those two are fetched once, used twice. */
const GIFT_SET: DemoRow = {
  name: 'Gift set "Petit déjeuner": mug and teapot',
  price: '57.90',
  addresses: ['/catalogue/mug-creme-front.jpg', '/catalogue/teapot-emeraude-front.jpg'],
};

/** The rows of the demo's CSV: forty products, a hundred image addresses. */
export const demoRows = (): DemoRow[] => [
  ...DEMO_PRODUCTS.map(([slug, name, price, , , pictures]) => ({
    name,
    price,
    addresses: [
      ...pictures.map((picture) => readPictureName(slug, picture).path),
      ...SPECIAL_LINKS.filter((link) => link.slug === slug).map(({ address }) => address),
    ],
  })),
  GIFT_SET,
];
