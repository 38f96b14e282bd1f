import type { Backdrop } from './studio/backdrops.ts';
import { clay, fabric, glaze, knit, leather, marble, metal, plain, wood } from './studio/materials.ts';
import type { Part } from './studio/mesh.ts';
import { sneaker } from './studio/model-sneaker.ts';
import {
  basket,
  board,
  books,
  bottle,
  bowl,
  cactus,
  candle,
  lamp,
  mug,
  plant,
  plates,
  stool,
  teapot,
  teaTin,
  vase,
} from './studio/models-home.ts';
import { beanie, cushion, headphones, shirt, stackingRings, tote, towels } from './studio/models-wear.ts';

/** How a product looks: its parts, what it stands on, its turning and the camera's height in degrees. */
export type Look = readonly [build: () => Part[], backdrop: Backdrop, yaw: number, elevation: number];

const white = plain('#f2efe9', 0.2);
const pine = wood('#d9b27c', '#93653a');
const bamboo = wood('#e0c186', '#a87f45');
const oak = wood('#d2a672', '#8d5f35');
const blackened = wood('#4a4642', '#1e1c1a');
const stripes = { hex: '#f2efe8', count: 14 };

/** The looks of the demo's products by their slug. */
export const DEMO_LOOKS = {
  'mug-creme': [() => mug(glaze('#e9e2d0', 0.25)), 'oak', -30, 18],
  'mug-nuit': [() => mug(glaze('#27435a'), glaze('#ece7dc')), 'white', -35, 12],
  'espresso-cup': [() => mug(clay('#c0704f'), glaze('#f0e8da')), 'marble', -20, 22],
  'teapot-emeraude': [() => teapot(glaze('#3d6b52')), 'walnut', 15, 14],
  'teapot-white': [() => teapot(glaze('#ebe9e4')), 'blue', 10, 14],
  'bowl-clay': [() => bowl(clay('#b8674a'), glaze('#e8e6dc')), 'linen', 0, 28],
  'bowl-bamboo': [() => bowl(bamboo, bamboo), 'white', 0, 24],
  plates: [() => plates(glaze('#dfe6e4', 0.35)), 'marble', 0, 24],
  'vase-indigo': [() => vase(glaze('#2f5d7c')), 'white', 0, 9],
  'vase-raw': [() => vase(clay('#d2b48c'), 0.22), 'sand', 0, 9],
  'vase-marble': [() => vase(marble('#e6e2da', '#59626a'), 0.13), 'grey', 0, 9],
  'bottle-steel': [() => bottle(metal('#c9d2d6'), plain('#222222')), 'grey', 0, 8],
  'bottle-coral': [() => bottle(plain('#e0654f', 0.7, 0.2), plain('#f3efe6'), 0.85), 'blue', 0, 8],
  'bottle-oil': [() => bottle(glaze('#45512a'), wood('#c79a63', '#7d5632'), 1.2), 'oak', 0, 10],
  'lamp-soiree': [() => lamp(glaze('#5f7f78'), plain('#f2ddb8', 0, 0.5, 0.35)), 'sand', 0, 6],
  'lamp-brass': [() => lamp(metal('#d9b36a', 0.2), fabric('#efe6d3', 120)), 'walnut', 0, 8],
  'plant-lily': [() => plant(clay('#c98d6b'), '#3f7a35', '#b9d37a'), 'white', 0, 12],
  'plant-rubber': [() => plant(glaze('#efece4'), '#2b4a2f', '#7d9a5a', 11), 'grey', 40, 12],
  cactus: [() => cactus(glaze('#eeeae2'), '#4c8250'), 'blue', 0, 12],
  'candle-fig': [() => candle(glaze('#5b3a29'), metal('#c9a25f')), 'marble', 0, 18],
  'candle-linen': [() => candle(glaze('#d9d5c8'), pine), 'linen', 0, 18],
  'stool-oak': [() => stool(oak, oak), 'grey', 17, 12],
  'stool-black': [() => stool(blackened, blackened), 'sand', 17, 12],
  basket: [basket, 'white', 23, 14],
  'board-walnut': [() => board(wood('#9a6a42', '#4a2c17')), 'marble', 12, 10],
  'board-bamboo': [() => board(bamboo), 'oak', -12, 10],
  notebooks: [() => books(['#7a2e2e', '#2f4a63', '#c9a24a']), 'oak', 23, 20],
  'tea-tin': [() => teaTin(metal('#49735f')), 'linen', 0, 12],
  'shirt-navy': [() => shirt(fabric('#35507a', 150, 1, stripes)), 'white', 0, 3],
  'shirt-olive': [() => shirt(fabric('#7d8050', 150)), 'grey', 0, 3],
  'shirt-rose': [() => shirt(fabric('#d9a5a0', 150)), 'white', 0, 3],
  'sneaker-red': [() => sneaker(fabric('#b4432f', 140), white, leather('#f3f1ec')), 'grey', 20, 14],
  'sneaker-sand': [() => sneaker(leather('#cdb594'), white, leather('#6f5a44')), 'white', 20, 14],
  'beanie-mustard': [() => beanie(knit('#d3a13b'), knit('#f0e6d2', 20, 20)), 'sand', 0, 7],
  towels: [() => towels([fabric('#e8e2d6', 90), fabric('#7fa3a0', 90), fabric('#c56b4f', 90)]), 'marble', 17, 14],
  cushion: [() => cushion(fabric('#6d7f4f', 70), plain('#e8e0cf', 0)), 'linen', 20, 9],
  tote: [() => tote(fabric('#d9cbb0', 80), leather('#6b3f22')), 'blue', 23, 7],
  headphones: [() => headphones(plain('#26282c', 0.6, 0.5), leather('#3a2c25')), 'white', 26, 8],
  'stacking-rings': [
    () => stackingRings(['#d9503f', '#e9a13b', '#4f9a6a', '#3f77b0'].map((hex) => plain(hex))),
    'oak',
    0,
    12,
  ],
} as const satisfies Record<string, Look>;

export type DemoSlug = keyof typeof DEMO_LOOKS;
