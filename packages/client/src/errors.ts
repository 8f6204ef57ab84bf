/** What a server's RFC 9457 problem said. */
export interface Problem {
  readonly code: string;
  readonly status?: number;
  readonly detail: string;
  readonly retryable: boolean;
  readonly earliest?: string;
}

export class CarillonClientError extends Error {
  override readonly name: string = 'CarillonClientError';
  readonly code: string;
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable: boolean;

  constructor(problem: Pick<Problem, 'code' | 'detail' | 'retryable'>, options?: ErrorOptions) {
    super(problem.detail, options);
    this.code = problem.code;
    this.retryable = problem.retryable;
  }
}

/** Events after the presented position are gone. Subscribe again from `earliest` to go on with what is kept. */
export class GapError extends CarillonClientError {
  override readonly name = 'GapError';
  readonly earliest: string | undefined;

  constructor(earliest: string | undefined, reason: string) {
    super({ code: 'gap', detail: `events are missing here (${reason})`, retryable: false });
    this.earliest = earliest;
  }
}

/** Reads a refusal; a body that is not a problem (a proxy's page) still gives a useful error. */
export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text().catch(() => '');
  const body = parseObject(text);
  const code = typeof body['code'] === 'string' ? body['code'] : `http-${response.status}`;
  const detail = typeof body['detail'] === 'string' ? body['detail'] : `the server answered ${response.status}`;
  const retryable = typeof body['retryable'] === 'boolean' ? body['retryable'] : isRetryableStatus(response.status);
  const earliest = typeof body['earliest'] === 'string' ? { earliest: body['earliest'] } : {};
  return { code, detail, retryable, status: response.status, ...earliest };
}

export function errorOf(problem: Problem): CarillonClientError {
  return problem.code === 'gap' ? new GapError(problem.earliest, problem.detail) : new CarillonClientError(problem);
}

function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    // The cast is safe: every property is read as unknown and checked.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
