// A button that opens a panel below itself; Escape, a click elsewhere and choosing close it. The panel is on the top layer,
// so that no scrolling ancestor cuts it off.
import { useEffect, useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { Button, type ButtonProps } from './Button';
import classes from './Dropdown.module.css';

export interface DropdownProps {
  label: string;
  icon?: ButtonProps['icon'];
  text?: ReactNode; // shown in the button; `label` names it either way
  kind?: ButtonProps['kind'];
  wide?: boolean;
  children(close: () => void): ReactNode;
}

const MARGIN = 8;

export function Dropdown({ label, icon, text, kind = 'quiet', wide = false, children }: DropdownProps) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLSpanElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = () => setOpen(false);

  useLayoutEffect(() => {
    const element = panel.current;
    const opener = anchor.current?.querySelector('button');
    if (!open || !element || !opener) return;
    const button = opener.getBoundingClientRect();
    if ('showPopover' in element) element.showPopover();
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(MARGIN, Math.min(button.left, window.innerWidth - width - MARGIN))}px`;
    const below = button.bottom + 4;
    element.style.top = `${below + height > window.innerHeight - MARGIN ? Math.max(MARGIN, button.top - height - 4) : below}px`;
    element.querySelector<HTMLElement>('input, button, select, [tabindex]')?.focus();
    return () => {
      if (element.contains(document.activeElement)) opener.focus();
    };
  }, [open]);

  useEffect(() => {
    if (!open) return;
    const onPointer = (event: PointerEvent) => {
      const path = event.composedPath();
      if (panel.current && anchor.current && !path.includes(panel.current) && !path.includes(anchor.current)) setOpen(false);
    };
    window.addEventListener('pointerdown', onPointer, true);
    return () => window.removeEventListener('pointerdown', onPointer, true);
  }, [open]);

  return (
    <span
      ref={anchor} className={classes.anchor}
      onKeyDown={(event) => {
        if (open && event.key === 'Escape') {
          event.stopPropagation();
          close();
        }
      }}
    >
      <Button kind={kind} icon={icon} aria-label={label} title={label} aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen(!open)}>
        {text}
      </Button>
      {open && (
        <div ref={panel} id={id} popover="manual" className={`${classes.panel} ${wide ? classes.wide : ''}`} role="group" aria-label={label}>
          {children(close)}
        </div>
      )}
    </span>
  );
}
