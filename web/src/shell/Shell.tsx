// The frame of every page: header, commands, dialogs. Dialogs load when they are first opened.
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { useMantineColorScheme } from '@mantine/core';
import { lazy, Suspense, useState, useSyncExternalStore } from 'react';
import { askForKey, currentKey, forgetKey, isAsking, onCredentialsChange } from '../api/credentials';
import { CommandProvider, keyText, useCommands, type Command } from './commands';
import { Icon, type IconName } from './Icon';
import { setPreference, usePreferences } from './preferences';
import { Toasts } from './Toasts';
import classes from './Shell.module.css';

const Palette = lazy(() => import('./Palette'));
const HelpDialog = lazy(() => import('./HelpDialog'));
const KeyDialog = lazy(() => import('./KeyDialog'));

export function Shell() {
  return (
    <CommandProvider>
      <Frame />
    </CommandProvider>
  );
}

type OpenDialog = 'palette' | 'help' | undefined;
const NEXT_SCHEME = { auto: 'light', light: 'dark', dark: 'auto' } as const;
const SCHEME_ICON: Record<'auto' | 'light' | 'dark', IconName> = { auto: 'system', light: 'sun', dark: 'moon' };
const SCHEME_NAME = { auto: 'as the system', light: 'light', dark: 'dark' };

function Frame() {
  const [dialog, setDialog] = useState<OpenDialog>();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { zone } = usePreferences();
  const navigate = useNavigate();
  const asking = useSyncExternalStore(onCredentialsChange, isAsking);
  const hasKey = useSyncExternalStore(onCredentialsChange, () => currentKey() !== undefined);
  const nextScheme = NEXT_SCHEME[colorScheme];

  const commands: Command[] = [
    { id: 'palette', group: 'Page', label: 'Open the command palette', keys: 'mod+k', run: () => setDialog('palette') },
    { id: 'explore', group: 'Go to', label: 'Explore', keys: 'g e', run: () => void navigate({ to: '/' }) },
    { id: 'docs', group: 'Go to', label: 'API reference', keys: 'g d', run: () => window.location.assign('/docs') },
    { id: 'help', group: 'Page', label: 'Keyboard shortcuts', keys: '?', run: () => setDialog('help') },
    { id: 'scheme', group: 'Page', label: `Colours: switch to ${SCHEME_NAME[nextScheme]}`, run: () => setColorScheme(nextScheme) },
    {
      id: 'zone', group: 'Page', label: zone === 'utc' ? 'Show times in my zone' : 'Show times in UTC', keys: 'z',
      run: () => setPreference('zone', zone === 'utc' ? 'local' : 'utc'),
    },
    { id: 'use-key', group: 'Page', label: hasKey ? 'Use another API key' : 'Use an API key', run: () => void askForKey() },
    ...(hasKey ? [{ id: 'forget-key', group: 'Page', label: 'Forget the API key of this tab', run: forgetKey }] : []),
  ];
  useCommands(commands);

  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#main">
        Skip to the content
      </a>
      <header className={classes.header}>
        <Link to="/" className={classes.brand} aria-label="StreamFlow, Explore">
          <Logo />
          <span>StreamFlow</span>
        </Link>
        <nav className={classes.nav} aria-label="Pages">
          <Link to="/" activeOptions={{ includeSearch: false }} className={classes.link}>
            Explore
          </Link>
          <a className={classes.link} href="/docs">
            API
          </a>
        </nav>
        <button type="button" className={classes.palette} onClick={() => setDialog('palette')} aria-label="Command palette">
          <Icon name="search" size={14} />
          <span className={classes.paletteText}>Commands and tables</span>
          <span className={classes.keys}>
            {keyText('mod+k').map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </span>
        </button>
        <div className={classes.tools}>
          <button type="button" className={classes.zone} onClick={() => setPreference('zone', zone === 'utc' ? 'local' : 'utc')} title="The zone times are shown in (Z)">
            <Icon name="clock" size={14} />
            {zone === 'utc' ? 'UTC' : 'Local'}
            <span className="visually-hidden"> time; switch</span>
          </button>
          <button type="button" className={classes.tool} onClick={() => setColorScheme(nextScheme)} title={`Colours: ${SCHEME_NAME[colorScheme]}`} aria-label={`Colours: ${SCHEME_NAME[colorScheme]}; switch to ${SCHEME_NAME[nextScheme]}`}>
            <Icon name={SCHEME_ICON[colorScheme]} />
          </button>
          <button type="button" className={classes.tool} onClick={() => setDialog('help')} title="Keyboard shortcuts (?)" aria-label="Keyboard shortcuts">
            <Icon name="help" />
          </button>
        </div>
      </header>
      <main id="main" className={classes.main} tabIndex={-1}>
        <Outlet />
      </main>
      <Toasts />
      <Suspense fallback={null}>
        {dialog === 'palette' && <Palette onClose={() => setDialog(undefined)} />}
        {dialog === 'help' && <HelpDialog onClose={() => setDialog(undefined)} />}
        {asking && <KeyDialog />}
      </Suspense>
    </div>
  );
}

function Logo() {
  return (
    <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#0b5f5c" />
      <path d="M5 20c4 0 4-8 8-8s4 8 8 8 3-4 6-5" fill="none" stroke="#eafaf6" strokeWidth="3" strokeLinecap="round" />
      <circle cx="27" cy="15" r="2.6" fill="#f2b04a" />
    </svg>
  );
}
