import { CHANNELS, weightsOf } from './weights.ts';
import type { XybBand } from './xyb.ts';

/** What has to be computed for one channel at one scale. */
export interface ChannelPlan {
  readonly channel: keyof XybBand;
  readonly weights: readonly number[];
  readonly structure: boolean;
  readonly edges: boolean;
  /**
   * The rounding errors of the reference are repeated (see `RecursiveBlur`). At full size that would cost most, and
   * hardly shows, as long as no mean structural error weighs there.
   */
  readonly recursive: boolean;
}

/**
 * Half of the weights that are not zero are so small that all of them together came to 0.004 points at most on 203
 * pairs, far less than the rounding errors of the reference; without them the full size needs no colours.
 */
const MIN_WEIGHT = 0.01;
/** A mean structural error of 10⁻³, to which rounding errors alone can come, then is 0.05 points or more. */
const NOISE_WEIGHT = 2;
const NAMES = ['x', 'y', 'b'] as const;

/** For each scale of a picture that has `scales` of them, the channels that have any weight there. */
export const planScales = (scales: number): readonly (readonly ChannelPlan[])[] =>
  Array.from({ length: scales }, (_, scale) =>
    Array.from({ length: CHANNELS }, (_, c): ChannelPlan => {
      const weights = weightsOf(c, scale, scales).map((weight) => (weight < MIN_WEIGHT ? 0 : weight));
      const [structure = 0, ringing = 0, blurring = 0, structure4 = 0, ringing4 = 0, blurring4 = 0] = weights;
      return {
        channel: NAMES[c] ?? 'x',
        weights,
        structure: structure + structure4 > 0,
        edges: ringing + ringing4 + blurring + blurring4 > 0,
        recursive: (scale > 0 ? structure + structure4 : structure) > NOISE_WEIGHT,
      };
    }).filter((plan) => plan.structure || plan.edges),
  );
