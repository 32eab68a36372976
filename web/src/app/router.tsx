import { createRootRoute, createRoute, createRouter, Outlet } from '@tanstack/react-router';
import { ExplorePage } from '../explore/ExplorePage';

const root = createRootRoute({ component: Outlet });
const explore = createRoute({ getParentRoute: () => root, path: '/', component: ExplorePage });

export const router = createRouter({ routeTree: root.addChildren([explore]) });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
