// A designed empty state: what is (not) here, why, and what to do next.
import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';
import classes from './Notice.module.css';

export interface NoticeProps {
  icon: IconName;
  title: string;
  text?: string;
  children?: ReactNode;
}

export function Notice({ icon, title, text, children }: NoticeProps) {
  return (
    <div className={classes.notice}>
      <span className={classes.icon}>
        <Icon name={icon} size={22} />
      </span>
      <h2 className={classes.title}>{title}</h2>
      {text && <p className={classes.text}>{text}</p>}
      {children && <div className={classes.actions}>{children}</div>}
    </div>
  );
}
