// Which colour is which series; a click hides one, with Alt (or a double click) all others.
import classes from './Chart.module.css';

export interface LegendItem {
  name: string;
  color: string;
}

export interface LegendProps {
  items: LegendItem[];
  hidden: ReadonlySet<string>;
  onHide: (hidden: ReadonlySet<string>) => void;
}

export function Legend({ items, hidden, onHide }: LegendProps) {
  if (items.length < 2) return null;
  const toggle = (name: string) => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    onHide(next);
  };
  const alone = (name: string) => {
    const others = items.filter((item) => item.name !== name).map((item) => item.name);
    const isAlone = others.every((other) => hidden.has(other)) && !hidden.has(name);
    onHide(new Set(isAlone ? [] : others));
  };
  return (
    <ul className={classes.legend} aria-label="Series">
      {items.map(({ name, color }) => (
        <li key={name}>
          <button
            type="button"
            className={classes.legendItem}
            aria-pressed={!hidden.has(name)}
            title={`${name}: click to hide or show, Alt+click to show it alone`}
            onClick={(event) => (event.altKey ? alone(name) : toggle(name))}
            onDoubleClick={() => alone(name)}
          >
            <span className={classes.swatch} style={{ background: color }} />
            <span className={classes.legendName}>{name}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
