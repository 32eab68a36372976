import '@mantine/core/styles/UnstyledButton.css';
import '@mantine/core/styles/Overlay.css';
import '@mantine/core/styles/Paper.css';
import '@mantine/core/styles/ScrollArea.css';
import '@mantine/core/styles/ModalBase.css';
import '@mantine/core/styles/Modal.css';
import '@mantine/core/styles/Input.css';
import '@mantine/core/styles/Group.css';
import '@mantine/core/styles/Text.css';
import '@mantine/spotlight/styles.css';
import { createSpotlight, Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useEffect, useMemo } from 'react';
import { keyText, useCommandList, type Command } from './commands';
import { Icon } from './Icon';
import classes from './Palette.module.css';

const [store, actions] = createSpotlight();

function groupsOf(commands: Command[]): SpotlightActionGroupData[] {
  const names = [...new Set(commands.map((command) => command.group))];
  return names.map((group) => ({
    group,
    actions: commands
      .filter((command) => command.group === group && command.id !== 'palette')
      .map((command) => ({
        id: command.id,
        label: command.label,
        description: command.detail,
        onClick: command.run,
        rightSection: command.keys ? <Keys keys={command.keys} /> : undefined,
      })),
  }));
}

export default function Palette({ onClose }: { onClose: () => void }) {
  const commands = useCommandList();
  const groups = useMemo(() => groupsOf(commands), [commands]);
  useEffect(() => {
    actions.open();
    return actions.close;
  }, []);
  return (
    <Spotlight
      store={store}
      actions={groups}
      shortcut={null}
      lockScroll={false}
      onSpotlightClose={onClose}
      scrollable
      maxHeight={440}
      highlightQuery
      nothingFound="No command and no table has these words"
      transitionProps={{ duration: 0 }}
      overlayProps={{ backgroundOpacity: 0.35 }}
      searchProps={{ leftSection: <Icon name="search" />, placeholder: 'What do you want to do?', 'aria-label': 'Search commands' }}
      classNames={{ content: classes.content, action: classes.action, actionsGroup: classes.group, search: classes.search }}
    />
  );
}

function Keys({ keys }: { keys: string }) {
  return (
    <span className={classes.keys}>
      {keyText(keys).map((key, index) => (
        <kbd key={index}>{key}</kbd>
      ))}
    </span>
  );
}
