/** JPEGs of every sampling and of odd sizes, which sharp does not write. */
import { type PlainComponent, plainJpeg } from './plain-jpeg.ts';
import { randomFrom } from './random-coefficients.ts';

const component = (h: number, v: number): PlainComponent => ({ h, v });
const one = component(1, 1);

export const SAMPLINGS: Readonly<Record<string, readonly PlainComponent[]>> = {
  gray: [one],
  '4:4:4': [one, one, one],
  '4:2:0': [component(2, 2), one, one],
  '4:2:2': [component(2, 1), one, one],
  '4:4:0': [component(1, 2), one, one],
  '4:1:1': [component(4, 1), one, one],
  '4:1:0': [component(4, 2), one, one],
  '4:4:4 said otherwise': [component(1, 2), component(1, 2), component(1, 2)],
  'chroma apart': [component(2, 2), component(2, 1), component(1, 2)],
  'more chroma than luma': [one, component(2, 2), one],
};

export interface OddJpeg {
  readonly width: number;
  readonly height: number;
  readonly sampling: string;
  readonly seed?: number;
  readonly restartInterval?: number;
  readonly alone?: boolean;
}

/** Contents roughly as photographs have them: much in the low frequencies, less and less above. */
export const oddJpeg = ({ sampling, seed = 1, ...rest }: OddJpeg): Uint8Array<ArrayBuffer> => {
  const block = (plane: number, x: number, y: number): number[] => {
    const random = randomFrom(seed + 7919 * (plane + 3 * (x + 400 * y)));
    const strength = (plane === 0 ? 40 : 12) * random();
    return Array.from({ length: 64 }, (_, k) =>
      k === 0 ? Math.round(150 * (random() - 0.5)) : Math.trunc((strength * 2 * (random() - 0.5)) / (1 + k / 3)),
    );
  };
  return plainJpeg({ ...rest, components: SAMPLINGS[sampling] ?? [], block });
};
