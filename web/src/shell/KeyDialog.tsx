// Asks for an API key when the server wants one. The key stays in this tab.
import './dialogStyles.css';
import { Modal } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { answerWithKey, wasRefused } from '../api/credentials';
import { Button } from './Button';
import { Icon } from './Icon';
import classes from './KeyDialog.module.css';

export default function KeyDialog() {
  const [key, setKey] = useState('');
  const [refused] = useState(wasRefused);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (key.trim() !== '') answerWithKey(key.trim());
  };
  return (
    <Modal opened onClose={() => answerWithKey(undefined)} title="This server wants an API key" lockScroll={false} centered transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': 'Go on without a key' }}>
      <form onSubmit={submit} className={classes.form}>
        {refused && (
          <p className={classes.refused} role="alert">
            The server refused the last key: it is wrong, revoked or expired.
          </p>
        )}
        <label htmlFor="api-key">API key</label>
        <div className={classes.field}>
          <Icon name="key" />
          <input id="api-key" type="password" autoComplete="current-password" data-autofocus placeholder="sfk_…" value={key} onChange={(event) => setKey(event.target.value)} />
        </div>
        <p className={classes.hint}>
          Whoever runs the server makes one with <code>streamflow key create --data-dir DIR --name me --role reader</code>. It is kept until
          this tab closes, and sent to this server only.
        </p>
        <div className={classes.actions}>
          <Button kind="quiet" onClick={() => answerWithKey(undefined)}>
            Not now
          </Button>
          <Button kind="primary" type="submit" disabled={key.trim() === ''}>
            Use this key
          </Button>
        </div>
      </form>
    </Modal>
  );
}
