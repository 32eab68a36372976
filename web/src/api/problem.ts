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
