export function ExplorePage() {
  return <main>StreamFlow</main>;
}
