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
  /**
   * How much more memory a pixel of the others costs than one of a JPEG, for the semaphore of those who decode several
   * at once: they are judged against their source, and AVIF's coder is large.
   */
  judgedCost: 3,
  /** WebP's largest side (14 bits, RFC 9649 section 2.7.1.1); no catalogue picture needs more. */
  side: 16_383,
  frames: 500,
  /** Larger JPEGs go by way of their pixels: their coefficients would take more memory. In bytes. */
  coefficientBytes: 9_000_000,
  /**
   * Above this the pixels are not held between encodes but decoded again each time, except for JPEG, whose encoder
   * needs little beside them.
   */
  heldPixels: 25_000_000,
  /** Above this no AVIF is written: its encoder takes 48 bytes a pixel with transparency. */
  avifWritePixels: 10_000_000,
  /** Above this no animated GIF is written: 0.05 s a megapixel, some times over, and 20 bytes a pixel of one frame. */
  gifWritePixels: 10_000_000,
  /** The same for stills. */
  gifStillPixels: 25_000_000,
  /** Above this no GIF is drawn anew, as resizing needs: 0.2–0.8 s a megapixel. */
  gifRedrawPixels: 10_000_000,
  /** Above this no animated WebP is written: 0.1–0.2 s a megapixel, some times over. */
  animatedWebpPixels: 24_000_000,
  /** Seconds for one decode or encode, as far as libvips can be stopped. */
  seconds: 15,
} as const;
