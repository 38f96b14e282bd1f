/** What one attempt to deliver a webhook or an e-mail came to. */
export interface AttemptOutcome {
  /** Did the other side take it? */
  readonly ok: boolean;
  /** One line for the log and the status, at most 300 characters: `200 OK`, `timed out after 15 s`, `550 no such user`. */
  readonly result: string;
  /** HTTP status or SMTP code; null when there was no answer. */
  readonly answerCode: number | null;
  /**
   * What follows when it was not taken: another try by the schedule; none any more; or none, and nothing else to this
   * address either (410 Gone).
   */
  readonly next: 'retry' | 'give-up' | 'close-target';
  /** How long the other side asked to be left alone (`Retry-After`); null when it did not. */
  readonly retryAfterMs: number | null;
}
