/** @jsxImportSource npm:preact@10.29.8 */
/** Sorts the channels of a layer. */
import { useState } from "../../deps/preact_hooks.ts";

/** What a sheet can be sorted by: which of a channel's values, in turn, and whether the largest is first. */
const ORDERS = {
  number: [{ at: 0, falling: false }],
  "largest value": [{ at: 3, falling: true }],
  mean: [{ at: 1, falling: true }],
  deviation: [{ at: 2, falling: true }],
  "class it speaks for": [{ at: 4, falling: false }, { at: 5, falling: true }],
} as const;

type Order = keyof typeof ORDERS;

/** Puts the entries of a list in an order; those alike stay as they are. */
function sort(list: HTMLElement, order: Order): void {
  const entries = [...list.querySelectorAll<HTMLElement>(":scope > li")].map((entry) => ({
    entry,
    values: (entry.dataset.values ?? "").split(" ").map(Number),
  }));
  const ways = [...ORDERS[order], ...ORDERS.number];
  entries.sort((a, b) => {
    for (const { at, falling } of ways) {
      const difference = a.values[at] - b.values[at];
      if (difference) return falling ? -difference : difference;
    }
    return 0;
  });
  list.replaceChildren(...entries.map(({ entry }) => entry));
}

export function SheetOrder({ list }: {
  /** Id of the list; each entry of it has its values in `data-values`. */
  list: string;
}) {
  const [order, setOrder] = useState<Order>("number");
  const choose = (chosen: Order) => {
    setOrder(chosen);
    const element = document.getElementById(list);
    if (element) sort(element, chosen);
  };
  return (
    <label class="order scripted">
      Order by
      <select value={order} onChange={({ currentTarget }) => choose(currentTarget.value as Order)}>
        {Object.keys(ORDERS).map((name) => <option key={name} value={name}>{name}</option>)}
      </select>
    </label>
  );
}
SheetOrder.displayName = "SheetOrder";
