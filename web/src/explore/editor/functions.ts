// The functions people need most over time series, with what they do; the server's list completes the rest by name.
export interface SqlFunction {
  name: string;
  signature: string;
  about: string;
}

export const TIME_SERIES_FUNCTIONS: SqlFunction[] = [
  { name: 'time_bucket', signature: '(width, time [, offset | origin])', about: 'the begin of the bucket that holds a time' },
  { name: 'first', signature: '(value, time)', about: 'the value at the least time, NULL ignored' },
  { name: 'last', signature: '(value, time)', about: 'the value at the greatest time, NULL ignored' },
  { name: 'date_trunc', signature: "('hour', time)", about: 'a time cut to a unit' },
  { name: 'now', signature: '()', about: 'the start of the statement' },
  { name: 'epoch_ns', signature: '(time)', about: 'nanoseconds since 1970' },
  { name: 'avg', signature: '(value)', about: 'the mean' },
  { name: 'min', signature: '(value)', about: 'the least' },
  { name: 'max', signature: '(value)', about: 'the greatest' },
  { name: 'sum', signature: '(value)', about: 'the sum' },
  { name: 'count', signature: '(*)', about: 'the number of rows' },
  { name: 'stddev', signature: '(value)', about: 'the standard deviation of a sample' },
  { name: 'median', signature: '(value)', about: 'the middle value' },
  { name: 'quantile_cont', signature: '(value, 0.99)', about: 'an interpolated quantile' },
  { name: 'arg_max', signature: '(value, by)', about: 'the value where another is greatest' },
  { name: 'arg_min', signature: '(value, by)', about: 'the value where another is least' },
  { name: 'lag', signature: '(value) OVER (ORDER BY time)', about: 'the value of the row before' },
  { name: 'lead', signature: '(value) OVER (ORDER BY time)', about: 'the value of the row behind' },
  { name: 'row_number', signature: '() OVER (ORDER BY time)', about: 'the number of the row' },
  { name: 'coalesce', signature: '(value, …)', about: 'the first that is not NULL' },
  { name: 'histogram', signature: '(value)', about: 'how often each value occurs' },
  { name: 'corr', signature: '(y, x)', about: 'correlation of two columns' },
  { name: 'regr_slope', signature: '(y, x)', about: 'slope of the line through the points' },
  { name: 'round', signature: '(value, digits)', about: 'a rounded number' },
];

export const FUNCTION_NAMES_QUERY =
  "SELECT DISTINCT function_name FROM duckdb_functions() WHERE regexp_matches(function_name, '^[a-z][a-z0-9_]*$') AND function_name NOT LIKE 'duckdb%' AND function_name NOT LIKE 'pg%' ORDER BY 1";
