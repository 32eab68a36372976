// An error as the server's API tells it (RFC 9457), or as the browser found it. `status` is 0 when no answer came.
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  request_id?: string;
  errors?: { detail: string; line?: number; column?: number; offset?: number }[];
  retryAfterSeconds?: number;
}

export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof TypeError) {
    return {
      type: 'about:blank',
      title: 'The server cannot be reached',
      status: 0,
      detail: 'No answer came. Is `streamflow serve` still running, and is the network up? The page tries again when you do.',
    };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { type: 'about:blank', title: 'The page failed', status: 0, detail };
}

// What an answer that is not 2xx says; foreign proxies may answer HTML, whose text is of no use.
export async function problemOfResponse(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get('Retry-After'));
  const common = {
    status: response.status,
    request_id: response.headers.get('X-Request-Id') ?? undefined,
    retryAfterSeconds: retryAfter > 0 ? retryAfter : undefined,
  };
  if (response.headers.get('Content-Type')?.includes('json')) {
    const body = (await response.json().catch(() => ({}))) as Partial<Problem>;
    if (typeof body.detail === 'string') {
      return { type: body.type ?? 'about:blank', title: body.title ?? response.statusText, detail: body.detail, errors: body.errors, ...common };
    }
  }
  return {
    type: 'about:blank',
    title: `HTTP ${response.status} ${response.statusText}`,
    detail: 'The answer did not come from StreamFlow: something between the browser and the server refused the request.',
    ...common,
  };
}

export interface SqlPosition {
  line: number; // from 1
  column: number; // from 0
}

// Where in the statement the server's message points: DuckDB repeats the line and sets a caret below the place. Long lines
// are cut at both ends with "...", so the place is found by the text around it.
export function sqlPosition(detail: string, sql: string): SqlPosition | undefined {
  const match = /^LINE (\d+): (.*)\n( *)\^/m.exec(detail);
  if (!match) return undefined;
  const [, number = '1', shown = '', indent = ''] = match;
  const line = Number(number);
  const column = indent.length - `LINE ${number}: `.length;
  const source = sql.split('\n')[line - 1];
  if (source === undefined || column < 0) return undefined;
  if (!shown.startsWith('...')) return { line, column: Math.min(column, source.length) };
  const start = source.indexOf(shown.replace(/^\.\.\./, '').replace(/\.\.\.$/, ''));
  return start < 0 ? { line, column: 0 } : { line, column: Math.min(start + column - 3, source.length) };
}

// The message without the drawing, which the editor shows instead.
export const withoutDrawing = (detail: string): string => detail.replace(/\n*^LINE \d+: .*\n *\^[\s\S]*$/m, '').trim();
