/** How the errors of all scales become one number: the weights and the curve of SSIMULACRA 2.1 (ssimulacra2.cc, Score). */

/** 1:1, 1:2, … 1:32. */
export const MAX_SCALES = 6;
/** Scales are added while both sides of the one before have this many pixels. */
export const MIN_SIDE = 8;
export const CHANNELS = 3;

/**
 * For each of X, Y, B − Y and each scale: the weights of the means of SSIM error, ringing and blurring, then of their
 * 4-norms. More than half are zero, and what they would weigh is not computed.
 */
// biome-ignore format: one scale a line
const WEIGHTS: readonly number[] = [
  // X
  0, 0.0007376606707406586, 0, 0, 0.0007793481682867309, 0,
  0, 0.0004371155730107379, 0, 1.1041726426657346, 0.00066284834129271, 0.00015231632783718752,
  0, 0.0016406437456599754, 0, 1.8422455520539298, 11.441172603757666, 0,
  0.0007989109436015163, 0.000176816438078653, 0, 1.8787594979546387, 10.94906990605142, 0,
  0.0007289346991508072, 0.9677937080626833, 0, 0.00014003424285435884, 0.9981766977854967, 0.00031949755934435053,
  0.0004550992113792063, 0, 0, 0.0013648766163243398, 0, 0,
  // Y
  0, 0, 0, 7.466890328078848, 0, 17.445833984131262,
  0.0006235601634041466, 0, 0, 6.683678146179332, 0.00037724407979611296, 1.027889937768264,
  225.20515300849274, 0, 0, 19.213238186143016, 0.0011401524586618361, 0.001237755635509985,
  176.39317598450694, 0, 0, 24.43300999870476, 0.28520802612117757, 0.0004485436923833408,
  0, 0, 0, 34.77906344483772, 44.835625328877896, 0,
  0, 0, 0, 0, 0, 0,
  // B − Y
  0, 0.0008680556573291698, 0, 0, 0, 0,
  0, 0.0005313191874358747, 0, 0.00016533814161379112, 0, 0,
  0, 0, 0, 0.0004179171803251336, 0.0017290828234722833, 0,
  0.0020827005846636437, 0, 0, 8.826982764996862, 23.19243343998926, 0,
  95.1080498811086, 0.9863978034400682, 0.9834382792465353, 0.0012286405048278493, 171.2667255897307, 0.9807858872435379,
  0, 0, 0, 0.0005130064588990679, 0, 0.00010854057858411537,
];
/** Weights of one channel at one scale. */
const GROUP = 6;

/** Sides of the picture at each of its scales, largest first. */
export const scaleSizes = (width: number, height: number): readonly { width: number; height: number }[] => {
  const sizes = [{ width, height }];
  for (let last = { width, height }; sizes.length < MAX_SCALES; sizes.push(last)) {
    if (last.width < MIN_SIDE || last.height < MIN_SIDE) break;
    last = { width: (last.width + 1) >> 1, height: (last.height + 1) >> 1 };
  }
  return sizes;
};

/**
 * The weights of one channel at one scale of a picture that has `scales` of them. The reference numbers its weights
 * through the scales there are, so that a small picture's later channels take those of other scales; so do we.
 */
export const weightsOf = (channel: number, scale: number, scales: number): readonly number[] => {
  const at = (channel * scales + scale) * GROUP;
  return WEIGHTS.slice(at, at + GROUP);
};

/**
 * The weighted part of one channel and scale in the whole error.
 *
 * @param sums over all pixels: SSIM error, ringing, blurring, then their fourth powers
 */
export const weigh = (weights: readonly number[], sums: Float64Array, pixels: number): number =>
  weights.reduce((error, weight, i) => {
    // What is left of sums that cancel out may be a hair below zero.
    const mean = Math.max(0, (sums[i] ?? 0) / pixels);
    return error + weight * (i < GROUP / 2 ? mean : Math.sqrt(Math.sqrt(mean)));
  }, 0);

/** The score of the whole error: 100 for none, and no lower end. */
export const scoreOf = (error: number): number => {
  const scaled = error * 0.9562382616834844;
  const curved = scaled * (2.326765642916932 + scaled * (-0.020884521182843837 + scaled * 6.248496625763138e-5));
  return curved > 0 ? 100 - 10 * curved ** 0.6276336467831387 : 100;
};
