/** The entropy-coded part of the second decoder, by the flow charts of T.81 annexes F and G. */

/** Symbols by their codes, written in zeros and ones. */
export type Code = Map<string, number>;

/** A file and where in it one is. */
export interface Place {
  readonly bytes: Uint8Array;
  at: number;
}

/** A component in a scan. */
export interface CodedPart {
  readonly dc: Code;
  readonly ac: Code;
  prediction: number;
}

export class ReferenceBits {
  readonly #place: Place;
  #left = 0;

  constructor(place: Place) {
    this.#place = place;
  }

  bit(): number {
    if (this.#left === 0) {
      this.#left = 8;
      if (this.#previous() === 0xff && this.#byte(0) === 0 && this.#isOpen) this.#place.at += 1;
      this.#isOpen = true;
      this.#place.at += 1;
    }
    this.#left -= 1;
    return (this.#previous() >> this.#left) & 1;
  }

  /** Whether a byte of this interval was read: only then can a zero be stuffed behind it. */
  #isOpen = false;

  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }

  symbol(code: Code): number {
    let bits = '';
    for (;;) {
      bits += this.bit();
      const symbol = code.get(bits);
      if (symbol !== undefined) return symbol;
      if (bits.length > 16) throw new Error('no such code');
    }
  }

  /** F.2.2.1 RECEIVE and EXTEND. */
  value(size: number): number {
    const value = this.bits(size);
    return size > 0 && value < 2 ** (size - 1) ? value - 2 ** size + 1 : value;
  }

  restart(): void {
    this.#left = 0;
    this.#isOpen = false;
    while (this.#byte(0) !== 0xff || this.#byte(1) < 0xd0) this.#place.at += 1;
    this.#place.at += 2;
  }

  #previous(): number {
    return this.#byte(-1);
  }

  #byte(offset: number): number {
    return this.#place.bytes[this.#place.at + offset] ?? 0;
  }
}

export interface BlockDecoder {
  reset(): void;
  block(part: CodedPart, block: Int32Array): void;
}

export const blockDecoder = (
  progressive: boolean,
  bits: ReferenceBits,
  ss: number,
  se: number,
  high: number,
  low: number,
): BlockDecoder => {
  let eobRun = 0;
  const at = (block: Int32Array, k: number): number => block[k] ?? 0;
  const dcFirst = (part: CodedPart, block: Int32Array): void => {
    part.prediction += bits.value(bits.symbol(part.dc));
    block[0] = part.prediction * 2 ** low;
  };
  const sequential = (part: CodedPart, block: Int32Array): void => {
    dcFirst(part, block);
    for (let k = 1; k < 64; k++) {
      const rs = bits.symbol(part.ac);
      if (rs % 16 === 0) {
        if (rs !== 0xf0) return;
        k += 15;
      } else {
        k += rs >> 4;
        block[k] = bits.value(rs % 16);
      }
    }
  };
  const acFirst = (part: CodedPart, block: Int32Array): void => {
    if (eobRun > 0) {
      eobRun -= 1;
      return;
    }
    for (let k = ss; k <= se; k++) {
      const rs = bits.symbol(part.ac);
      if (rs % 16 > 0) {
        k += rs >> 4;
        block[k] = bits.value(rs % 16) * 2 ** low;
      } else if (rs === 0xf0) k += 15;
      else {
        eobRun = 2 ** (rs >> 4) + bits.bits(rs >> 4) - 1;
        return;
      }
    }
  };
  const correct = (block: Int32Array, k: number): void => {
    if (bits.bit() === 1) block[k] = at(block, k) + Math.sign(at(block, k)) * 2 ** low;
  };
  const acRefine = (part: CodedPart, block: Int32Array): void => {
    let k = ss;
    while (eobRun === 0 && k <= se) {
      const rs = bits.symbol(part.ac);
      if (rs % 16 === 0 && rs !== 0xf0) {
        eobRun = 2 ** (rs >> 4) + bits.bits(rs >> 4);
        break;
      }
      const value = rs % 16 === 0 ? 0 : bits.bit() === 1 ? 2 ** low : -(2 ** low);
      for (let zeros = rs >> 4; k <= se && (at(block, k) !== 0 || zeros > 0); k++) {
        if (at(block, k) !== 0) correct(block, k);
        else zeros -= 1;
      }
      if (value !== 0) block[k] = value;
      k += 1;
    }
    if (eobRun === 0) return;
    for (; k <= se; k++) if (at(block, k) !== 0) correct(block, k);
    eobRun -= 1;
  };
  const dcRefine = (_part: CodedPart, block: Int32Array): void => {
    block[0] = at(block, 0) | (bits.bit() << low);
  };
  const ac = high === 0 ? acFirst : acRefine;
  const dc = high === 0 ? dcFirst : dcRefine;
  return {
    reset: () => {
      eobRun = 0;
    },
    block: progressive ? (ss === 0 ? dc : ac) : sequential,
  };
};
