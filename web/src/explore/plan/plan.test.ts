import { expect, it } from 'vitest';
import { familyOf, parsePlan, planLines, profileStatement } from './plan';

it('asks for a profile in JSON, and leaves other statements alone', () => {
  expect(profileStatement('explain analyze\nselect 1')).toBe('EXPLAIN (ANALYZE, FORMAT json) select 1');
  expect(profileStatement('EXPLAIN select 1')).toBe('EXPLAIN select 1');
  expect(profileStatement('select 1')).toBeUndefined();
});

it('reads a profile and shares out the time', () => {
  const profile = {
    latency: 0.004,
    cpu_time: 0.003,
    children: [
      {
        operator_type: 'EXPLAIN_ANALYZE',
        children: [
          {
            operator_name: 'HASH_GROUP_BY',
            operator_timing: 0.003,
            operator_cardinality: 16,
            extra_info: { Groups: '#0', Empty: '' },
            children: [
              {
                operator_name: 'STREAMFLOW_SCAN',
                operator_timing: 0.001,
                operator_cardinality: 193_809,
                extra_info: { Projections: ['origin', 'delay'], 'Blocks decoded': '47' },
                children: [],
              },
            ],
          },
        ],
      },
    ],
  };
  const plan = parsePlan([['analyzed_plan', JSON.stringify(profile)]]);
  expect(plan.root && planLines(plan.root).map(({ name, depth, share, rows }) => ({ name, depth, share, rows }))).toEqual([
    { name: 'HASH_GROUP_BY', depth: 0, share: 0.75, rows: 16 },
    { name: 'STREAMFLOW_SCAN', depth: 1, share: 0.25, rows: 193_809 },
  ]);
  expect(plan.root?.details).toEqual([['Groups', '#0']]);
  expect(plan.root?.children[0]?.details[0]).toEqual(['Projections', 'origin, delay']);
});

it('keeps a drawn plan as text', () => {
  expect(parsePlan([['physical_plan', '┌──┐']])).toMatchObject({ text: '┌──┐', root: undefined });
});

it('sorts operators into families', () => {
  expect(['STREAMFLOW_SCAN', 'ASOF_JOIN', 'HASH_GROUP_BY', 'TOP_N', 'PROJECTION'].map(familyOf)).toEqual(['scan', 'join', 'aggregate', 'sort', 'other']);
});
