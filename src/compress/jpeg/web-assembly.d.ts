/** What is used here of the WebAssembly JavaScript interface (W3C, 2.0); @types/node leaves it to the types of browsers. */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum: number; shared: true });
    /** Another object after each growth; the older ones stay valid. */
    readonly buffer: SharedArrayBuffer;
    /** By so many pages. @throws RangeError when there are not so many */
    grow(pages: number): number;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: { readonly env: { readonly memory: Memory } });
    readonly exports: object;
  }
  interface Global {
    readonly value: number;
  }
}
