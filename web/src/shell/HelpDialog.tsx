import './dialogStyles.css';
import { Modal } from '@mantine/core';
import { keyText, useCommandList, type Command } from './commands';
import classes from './HelpDialog.module.css';

const EDITOR: Command[] = [
  { id: 'complete', group: 'Editor', label: 'Complete tables, columns, functions', keys: 'Ctrl+Space', run: () => {} },
  { id: 'undo', group: 'Editor', label: 'Undo', keys: 'mod+z', run: () => {} },
  { id: 'comment', group: 'Editor', label: 'Comment lines in or out', keys: 'mod+/', run: () => {} },
];
const GRID: Command[] = [
  { id: 'move', group: 'Result', label: 'Move through cells', keys: '← ↑ → ↓', run: () => {} },
  { id: 'extend', group: 'Result', label: 'Select cells', keys: 'Shift+←', run: () => {} },
  { id: 'copy', group: 'Result', label: 'Copy the selected cells', keys: 'mod+c', run: () => {} },
];

export default function HelpDialog({ onClose }: { onClose: () => void }) {
  const commands = [...useCommandList().filter((command) => command.keys), ...EDITOR, ...GRID];
  const groups = [...new Set(commands.map((command) => command.group))];
  return (
    <Modal opened onClose={onClose} title="Keyboard shortcuts" size="lg" lockScroll={false} centered transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={classes.columns}>
        {groups.map((group) => (
          <section key={group} className={classes.group}>
            <h3>{group}</h3>
            <dl>
              {commands
                .filter((command) => command.group === group)
                .map((command) => (
                  <div key={command.id}>
                    <dt>{command.label}</dt>
                    <dd>
                      {keyText(command.keys ?? '').map((key, index) => (
                        <kbd key={index}>{key}</kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
