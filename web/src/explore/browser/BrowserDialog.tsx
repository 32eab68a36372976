// The table browser over a narrow page.
import { useEffect, useRef, type ReactNode } from 'react';
import { Button } from '../../shell/Button';
import classes from './BrowserDialog.module.css';

export function BrowserDialog({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} className={classes.dialog} aria-label="Tables" onClose={onClose} onClick={(event) => event.target === dialog.current && onClose()}>
      <div className={classes.content}>
        <div className={classes.head}>
          <h2>Tables</h2>
          <Button kind="quiet" icon="close" aria-label="Close" onClick={onClose} />
        </div>
        <div className={classes.body}>{children}</div>
      </div>
    </dialog>
  );
}
