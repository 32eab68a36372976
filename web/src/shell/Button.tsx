import type { ButtonHTMLAttributes } from 'react';
import { Icon, type IconName } from './Icon';
import classes from './Button.module.css';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: 'primary' | 'plain' | 'quiet';
  icon?: IconName;
  active?: boolean;
}

export function Button({ kind = 'plain', icon, active, children, className, ...rest }: ButtonProps) {
  const classNames = [classes.button, classes[kind], children === undefined ? classes.square : '', className ?? ''].join(' ');
  return (
    <button type="button" className={classNames} aria-pressed={active} {...rest}>
      {icon && <Icon name={icon} size={15} />}
      {children !== undefined && <span className={classes.text}>{children}</span>}
    </button>
  );
}
