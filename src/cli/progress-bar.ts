import { type ProgressSnapshot, plainProgress, progressLine, settledShare } from './progress-line.ts';
import { type TextStream, type TextStyle, textStyle } from './text-style.ts';

/** Without a terminal a line is written each time this much has been settled, or this time has passed with news. */
const PLAIN_STEP = 0.1;
const PLAIN_INTERVAL_MS = 10_000;
/** Width taken where a terminal does not tell its own. */
const USUAL_COLUMNS = 80;
/** Back to the start of the line; and erase what is left of the old one (ECMA-48 EL). */
const LINE_START = '\r';
const ERASE_REST = '\u001b[K';

/** Shows progress: on a terminal one line drawn over and over, elsewhere (a log, CI) now and then a plain line. */
export class ProgressBar {
  readonly #stream: TextStream;
  readonly #style: TextStyle;
  readonly #now: () => number;
  #latest: ProgressSnapshot | undefined;
  /** What was written last; the same again is not written. */
  #written = '';
  #writtenAt = Number.NEGATIVE_INFINITY;
  #writtenShare = 0;
  #ended = false;

  /** @param now a clock in milliseconds that never goes back */
  constructor(
    stream: TextStream,
    environment: Readonly<Record<string, string | undefined>>,
    now: () => number = () => performance.now(),
  ) {
    this.#stream = stream;
    this.#style = textStyle(stream, environment);
    this.#now = now;
  }

  /** Shows the state if it changes what is seen. Call it as often as you like; after {@link end} it does nothing. */
  update(snapshot: ProgressSnapshot): void {
    if (this.#ended) return;
    this.#latest = snapshot;
    if (this.#style.live) this.#draw(snapshot);
    else if (this.#isWorthALine(snapshot)) this.#writeLine(snapshot);
  }

  /** Leaves the last state standing and the cursor on a new line. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#latest === undefined) return;
    if (this.#style.live) this.#stream.write('\n');
    else this.#writeLine(this.#latest);
  }

  #draw(snapshot: ProgressSnapshot): void {
    const line = progressLine(snapshot, this.#stream.columns ?? USUAL_COLUMNS, this.#style);
    if (line === this.#written) return;
    this.#written = line;
    this.#stream.write(`${LINE_START}${line}${ERASE_REST}`);
  }

  #isWorthALine(snapshot: ProgressSnapshot): boolean {
    const share = settledShare(snapshot);
    const steps = (settled: number): number => Math.floor(settled / PLAIN_STEP + 1e-9);
    return steps(share) > steps(this.#writtenShare) || this.#now() - this.#writtenAt >= PLAIN_INTERVAL_MS;
  }

  #writeLine(snapshot: ProgressSnapshot): void {
    this.#writtenAt = this.#now();
    this.#writtenShare = settledShare(snapshot);
    const line = plainProgress(snapshot);
    if (line === this.#written) return;
    this.#written = line;
    this.#stream.write(`${line}\n`);
  }
}
