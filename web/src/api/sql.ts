// SQL over the API: small results as JSON rows, large ones as an Arrow stream that is handed over batch by batch.
import { ArrowStreamReader, type Batch } from '../arrow/stream';
import type { ArrowField } from '../arrow/schema';
import { apiFetch, apiJson } from './http';
import { ProblemError, type Problem } from './problem';

export const ARROW_TYPE = 'application/vnd.apache.arrow.stream';

export interface SqlOptions {
  project?: string;
  signal?: AbortSignal;
}

export const sqlPath = (project?: string): string =>
  project ? `/api/v1/sql?project=${encodeURIComponent(project)}` : '/api/v1/sql';

function request(query: string, accept: string, options: SqlOptions): RequestInit {
  return {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: accept },
    body: JSON.stringify({ query }),
    signal: options.signal,
  };
}

export type JsonValue = string | number | boolean | null;

// For lists that the page itself asks for. int64 beyond 2^53 lose digits here: cast such columns to VARCHAR.
export async function sqlRows(query: string, options: SqlOptions = {}): Promise<JsonValue[][]> {
  const answer = await apiJson<{ rows: JsonValue[][]; error?: Problem }>(
    sqlPath(options.project),
    request(query, 'application/json', options),
  );
  if (answer.error) throw new ProblemError(answer.error);
  return answer.rows;
}

export interface ArrowReceiver {
  onFields(fields: ArrowField[]): void;
  onBatches(batches: Batch[], receivedBytes: number): void;
}

export const SHORT_RESULT: Problem = {
  type: '/docs#problem-internal',
  title: 'The result is not complete',
  status: 200,
  detail:
    'The server stopped in the middle of the result: a limit was reached or the statement failed late. Run it as JSON or with a LIMIT to learn why; the rows that came are shown.',
};

// Streams a result. Rejects with a ProblemError, also when the stream ends before its mark.
export async function sqlArrow(query: string, receiver: ArrowReceiver, options: SqlOptions = {}): Promise<void> {
  const response = await apiFetch(sqlPath(options.project), request(query, ARROW_TYPE, options));
  const reader = new ArrowStreamReader();
  let received = 0;
  let announced = false;
  const body = response.body?.getReader();
  const requestId = response.headers.get('X-Request-Id') ?? undefined;
  try {
    for (;;) {
      const { done, value } = (await body?.read()) ?? { done: true, value: undefined };
      if (done) break;
      received += value.byteLength;
      const batches = reader.push(value);
      if (!announced && reader.fields) {
        announced = true;
        receiver.onFields(reader.fields);
      }
      if (batches.length > 0) receiver.onBatches(batches, received);
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof TypeError) throw new ProblemError({ ...SHORT_RESULT, request_id: requestId });
    throw error;
  }
  if (!reader.complete) throw new ProblemError({ ...SHORT_RESULT, request_id: requestId });
}
