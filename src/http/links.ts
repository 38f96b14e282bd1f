/** Addresses of this service's own answers, absolute; those of the result files are `engine.links`. */
export interface Links {
  /** Address under which others reach the service, without a slash at the end. */
  readonly publicUrl: string;
  readonly status: (requestId: string) => string;
  /** The path of `publicUrl`, without a slash at the end; usually empty. */
  readonly base: string;
  /**
   * The page of a request, for people: a path alone, because browsers let a form end only on the origin it was sent to,
   * and that may be another name of this service (`localhost`, 127.0.0.1).
   */
  readonly page: (requestId: string) => string;
}

export const createLinks = (publicUrl: string): Links => {
  const base = new URL(publicUrl).pathname.replace(/\/$/, '');
  return {
    publicUrl,
    base,
    status: (requestId) => `${publicUrl}/status/${requestId}`,
    page: (requestId) => `${base}/requests/${requestId}`,
  };
};
