import { createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { ExplorePage } from '../explore/ExplorePage';
import { exploreSearchOf } from '../explore/exploreSearch';
import { Shell } from '../shell/Shell';
import { NotFound } from '../shell/NotFound';

// Addresses of the page. The server answers all of them with the page: src/server/routes/pages.cpp.
const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const explore = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: ExplorePage,
  validateSearch: exploreSearchOf,
});
const exploreAlias = createRoute({
  getParentRoute: () => root,
  path: '/explore',
  beforeLoad: ({ search }) => {
    redirect({ to: '/', search: search as Record<string, string>, replace: true, throw: true });
  },
});

// Plain key=value pairs, so that a shared link stays readable.
export const router = createRouter({
  routeTree: root.addChildren([explore, exploreAlias]),
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const entries = Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '');
    const text = new URLSearchParams(entries).toString();
    return text === '' ? '' : `?${text}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
