import { Link } from '@tanstack/react-router';
import { Notice } from './Notice';

export function NotFound() {
  return (
    <Notice icon="search" title="There is no such page" text={`Nothing is at ${window.location.pathname}. What StreamFlow can do starts on the Explore page.`}>
      <Link to="/">Go to Explore</Link>
    </Notice>
  );
}
