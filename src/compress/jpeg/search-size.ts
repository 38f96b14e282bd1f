/** Finds the finest setting whose file is small enough. Knows sizes and settings only. */

export interface SizeSearch {
  /** Bytes at a setting; falls as the setting grows, but for small steps back. */
  readonly sizeAt: (setting: number) => number;
  /** Sizes that end the search. */
  readonly least: number;
  readonly most: number;
  /** Settings allowed, above 0. */
  readonly finest: number;
  readonly coarsest: number;
  readonly start: number;
  /** Growth of ln(bytes) for one unit of ln(setting), below 0; used until two sizes have shown the real one. */
  readonly slope: number;
  readonly tries: number;
}

export interface SettingFound {
  /**
   * `met`: the best found that fits. `finest`: so does the finest setting allowed. `coarsest`: not even the coarsest
   * fits, and `setting` is that one.
   */
  readonly end: 'met' | 'finest' | 'coarsest';
  readonly setting: number;
  /** Bytes at that setting. */
  readonly size: number;
}

interface Point {
  readonly setting: number;
  readonly size: number;
}

/** Settings closer than this, in ratio, are the same. */
const CLOSE = 1.0005;

/**
 * The secant method on ln(bytes) over ln(setting) inside a bracket. With nothing that fits, the last try goes to the
 * coarsest setting, which decides whether anything does.
 */
export const searchSize = (search: SizeSearch): SettingFound => {
  const { sizeAt, least, most, finest, coarsest } = search;
  const tried: Point[] = [];
  let fit: Point | null = null;
  let miss: Point | null = null;
  let setting = clamp(search.start, finest, coarsest);
  for (;;) {
    const point: Point = { setting, size: sizeAt(setting) };
    tried.push(point);
    if (point.size <= most) {
      fit = point;
      if (setting === finest) return { end: 'finest', ...fit };
      if (point.size >= least) return { end: 'met', ...fit };
    } else {
      miss = point;
      if (setting === coarsest) return { end: 'coarsest', ...miss };
    }
    const isClose = fit !== null && miss !== null && fit.setting < miss.setting * CLOSE;
    if (fit !== null && (isClose || tried.length >= search.tries)) return { end: 'met', ...fit };
    setting = fit === null && tried.length + 1 >= search.tries ? coarsest : nextSetting(search, tried, fit, miss);
  }
};

const nextSetting = (
  { least, most, finest, coarsest, slope }: SizeSearch,
  tried: readonly Point[],
  fit: Point | null,
  miss: Point | null,
): number => {
  const aim = Math.log((least + most) / 2);
  const last = tried.at(-1);
  if (last === undefined) return finest;
  if (fit === null || miss === null) {
    const before = tried.at(-2);
    const measured = before === undefined ? slope : clamp(slopeOf(before, last), 3 * slope, slope / 3);
    // A little further than it seems necessary: a bracket is worth more than a near miss.
    return clamp(last.setting * Math.exp((1.02 * (aim - Math.log(last.size))) / measured), finest, coarsest);
  }
  const width = Math.log(fit.setting / miss.setting);
  const share = (aim - Math.log(miss.size)) / Math.log(fit.size / miss.size);
  // Three on one side in a row: the curve has a step, and halving the bracket finds it sooner.
  const stalled = tried.length >= 4 && tried.slice(-3).every(({ size }) => size > most === last.size > most);
  return miss.setting * Math.exp(width * (stalled ? 0.5 : clamp(share, 0.02, 0.98)));
};

const slopeOf = (a: Point, b: Point): number => Math.log(b.size / a.size) / Math.log(b.setting / a.setting);

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
