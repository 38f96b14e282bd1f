/**
 * What one picture may cost. Measured on sharp 0.35.5 with one thread: about 5–8 bytes of memory a pixel for most
 * formats, 18 for AVIF; the numbers keep one process under 600 MB and one picture under 15 s. The first holds with
 * `MALLOC_MMAP_THRESHOLD_=1048576` in the environment of a process that does nothing else: without it glibc keeps the
 * large blocks of finished pictures, about 200 MB of them.
 */
export const LIMITS = {
  /** All frames of a picture together. */
  pixels: 50_000_000,
  /** An AVIF of a few kB can unfold to 1.5 GB; its decoder needs three times the memory of the others. */
  avifPixels: 25_000_000,
  /** How much more memory a pixel of an AVIF costs, for the semaphore of those who decode several at once. */
  avifCost: 3,
  /** WebP's largest side (14 bits, RFC 9649 section 2.7.1.1); no catalogue picture needs more. */
  side: 16_383,
  frames: 500,
  /**
   * Above this the pixels are not held between encodes but decoded again each time, except for JPEG, whose encoder
   * needs little beside them.
   */
  heldPixels: 25_000_000,
  /** Above this no AVIF is written: its encoder takes 35 bytes a pixel. */
  avifWritePixels: 12_000_000,
  /** Above this no animated GIF is written: 0.2–0.8 s a megapixel. */
  gifWritePixels: 16_000_000,
  /** Above this no animated WebP is written: 0.1–0.2 s a megapixel, some times over. */
  animatedWebpPixels: 24_000_000,
  /** Seconds for one decode or encode, as far as libvips can be stopped. */
  seconds: 15,
} as const;
