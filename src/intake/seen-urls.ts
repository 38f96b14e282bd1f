/** A candidate for "the same address as before". */
export interface Repeat {
  readonly ordinal: number;
  /** Ordinal of the first image whose address has the same hash. */
  readonly first: number;
}

/**
 * Remembers the addresses of one request by hash: an open-addressing table in two flat arrays, eight bytes a slot
 * and two to four slots an image, so 16 MB for the largest request there can be. An index in the database would
 * do the same in ten times the time. Two addresses may share a hash; whoever uses a {@link Repeat} compares the texts.
 */
export class SeenUrls {
  readonly #mask: number;
  /** Upper part of the hash, to recognise an address in its slot. */
  readonly #marks: Uint32Array;
  /** Ordinal of the first image with that hash; 0 marks a free slot. */
  readonly #ordinals: Uint32Array;

  /** @param images how many will be added at most */
  constructor(images: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(2, images * 2)));
    this.#mask = slots - 1;
    this.#marks = new Uint32Array(slots);
    this.#ordinals = new Uint32Array(slots);
  }

  /** Notes an address; answers the earlier image that (most probably) has the same one, or null. */
  add(url: string, ordinal: number): Repeat | null {
    const { slot, mark, first } = this.#look(url);
    if (first !== null) return { ordinal, first };
    this.#ordinals[slot] = ordinal;
    this.#marks[slot] = mark;
    return null;
  }

  /** The image that (most probably) was the first with this address, or null. */
  find(url: string): number | null {
    return this.#look(url).first;
  }

  /** The slot an address has, or would get. */
  #look(url: string): { readonly slot: number; readonly mark: number; readonly first: number | null } {
    let mark = 0x811c9dc5;
    let place = 0x9e3779b9;
    // Two multiplicative hashes with different odd constants (FNV-1a's prime and one of MurmurHash3's mixers).
    for (let i = 0; i < url.length; i += 1) {
      const unit = url.charCodeAt(i);
      mark = Math.imul(mark ^ unit, 0x01000193);
      place = Math.imul(place ^ unit, 0x85ebca6b);
    }
    mark >>>= 0;
    for (let slot = (place ^ (place >>> 15)) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const first = this.#ordinals[slot] ?? 0;
      if (first === 0) return { slot, mark, first: null };
      if (this.#marks[slot] === mark) return { slot, mark, first };
    }
  }
}
