import { createContext, type CSSProperties, type ReactNode, type Ref, use, useEffect, useRef, useState } from "react";
import { WindowVirtualizer, type WindowVirtualizerHandle } from "virtua";

import type { Incident } from "../../api/types.ts";
import { serverNow } from "../../ui/now.ts";
import { millis } from "../../ui/time.ts";
import { rowId, useList } from "./list.ts";
import { Row } from "./Row.tsx";

/** From here on only the rows on the screen are drawn. */
const LONG = 60;

/** How high a row is taken to be before it is measured. */
const ROW_PX = 48;

interface RowsProps {
  /** Of its section. */
  name: string;
  rows: readonly Incident[];
  isKnown: boolean;
  /** How many there are, also those not asked for yet. */
  total: number;
}

/** The rows of a section; of a long one, those on the screen. */
export function Rows({ name, rows, isKnown, total }: RowsProps) {
  const { shelf, selected, marked } = useList();
  const handle = useRef<WindowVirtualizerHandle>(null);
  // What opens from now on is new.
  const [since] = useState(serverNow);
  useEffect(() => {
    const scrollTo = (id: string) => {
      handle.current?.scrollToIndex(rows.findIndex((one) => one.id === id), { align: "center" });
    };
    shelf.set({ ...shelf.get(), [name]: { rows, isKnown, scrollTo } });
  }, [shelf, name, rows, isKnown]);
  useEffect(
    () => () => {
      shelf.set(Object.fromEntries(Object.entries(shelf.get()).filter(([one]) => one !== name)));
    },
    [shelf, name],
  );
  const draw = (incident: Incident) => (
    <Row
      id={rowId(incident.id)}
      incident={incident}
      isSelected={incident.id === selected}
      isMarked={marked.has(incident.id)}
      isNew={millis(incident.opened_at) > since}
    />
  );
  if (rows.length === 0) {
    return null;
  }
  if (rows.length <= LONG) {
    return (
      <ul data-section={name}>
        {rows.map((incident) => (
          <li key={incident.id}>{draw(incident)}</li>
        ))}
      </ul>
    );
  }
  return (
    <div data-section={name}>
      <TotalContext value={total}>
        <WindowVirtualizer ref={handle} as="ul" item={Item} itemSize={ROW_PX} data={rows}>
          {(incident) => <div key={incident.id}>{draw(incident)}</div>}
        </WindowVirtualizer>
      </TotalContext>
    </div>
  );
}

interface ItemProps {
  children: ReactNode;
  style: CSSProperties;
  index: number;
  ref?: Ref<HTMLLIElement>;
}

/** How many rows there are, drawn or not. */
const TotalContext = createContext(0);

/** One of many: its place is said, since its neighbours may not be drawn. */
function Item({ children, style, index, ref }: ItemProps) {
  const total = use(TotalContext);
  return (
    <li ref={ref} style={style} data-index={index} aria-posinset={index + 1} aria-setsize={total}>
      {children}
    </li>
  );
}
