import { fireEvent, render, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { Profiler } from 'react';
import { CommandProvider, useCommandList, useCommands } from './commands';

function Feature({ label, run }: { label: string; run: () => void }) {
  useCommands([{ id: label, group: 'Test', label, keys: 'g e', run }]);
  return <input aria-label="typing" />;
}

function Listing() {
  return <p>{useCommandList().map(({ label }) => label).join(', ')}</p>;
}

it('announces commands once, not for ever', async () => {
  const onRender = vi.fn();
  render(
    <Profiler id="page" onRender={onRender}>
      <CommandProvider>
        <Feature label="one" run={() => {}} />
        <Listing />
      </CommandProvider>
    </Profiler>,
  );
  expect(await screen.findByText('one')).toBeTruthy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(onRender.mock.calls.length).toBeLessThan(6);
});

it('runs sequences of keys, but not while somebody types', () => {
  const run = vi.fn();
  render(
    <CommandProvider>
      <Feature label="two" run={run} />
    </CommandProvider>,
  );
  fireEvent.keyDown(screen.getByLabelText('typing'), { key: 'g' });
  fireEvent.keyDown(screen.getByLabelText('typing'), { key: 'e' });
  expect(run).not.toHaveBeenCalled();
  fireEvent.keyDown(document.body, { key: 'g' });
  fireEvent.keyDown(document.body, { key: 'e' });
  expect(run).toHaveBeenCalledTimes(1);
});
