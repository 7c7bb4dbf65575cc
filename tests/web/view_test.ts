import assert from "node:assert/strict";
import { following, MAX_ZOOM, type View, WHOLE, zoomed } from "../../web/view.ts";
import { readViewState, type ViewState, writeViewState } from "../../web/view_state.ts";
import fc from "../_support/property.ts";

/** Where in the window, 0..1 each way, a place of the picture is. */
const inWindow = ({ zoom, x, y }: View, at: { x: number; y: number }) => ({
  x: (at.x - x) * zoom + 0.5,
  y: (at.y - y) * zoom + 0.5,
});

const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

Deno.test("zooming keeps the place that is pointed at, and the picture in the window", () => {
  const view = { zoom: 4, x: 0.5, y: 0.5 }, about = { x: 0.55, y: 0.45 };
  const closer = zoomed(view, 2, about);
  assert.equal(closer.zoom, 8);
  near(inWindow(closer, about).x, inWindow(view, about).x);
  near(inWindow(closer, about).y, inWindow(view, about).y);
  assert.deepEqual(zoomed(WHOLE, 2, { x: 0, y: 1 }), { zoom: 2, x: 0.25, y: 0.75 });
  assert.deepEqual(zoomed(closer, 1 / 64), WHOLE);
  assert.equal(zoomed(closer, 64).zoom, MAX_ZOOM);
});

Deno.test("a followed place is always seen, and the view moves no further than it must", () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const zoom = fc.double({ min: 1, max: MAX_ZOOM, noNaN: true });
  fc.assert(fc.property(zoom, unit, unit, unit, unit, (zoom, x, y, atX, atY) => {
    const view = following({ zoom, x, y }, { x: atX, y: atY });
    const { x: across, y: down } = inWindow(view, { x: atX, y: atY });
    for (const n of [across, down]) assert.ok(n > -1e-9 && n < 1 + 1e-9);
    for (const n of [view.x, view.y]) {
      assert.ok(n * zoom > 0.5 - 1e-9 && (1 - n) * zoom > 0.5 - 1e-9, "nothing beyond the picture");
    }
  }));
  const view = { zoom: 4, x: 0.5, y: 0.5 };
  assert.deepEqual(following(view, { x: 0.55, y: 0.5 }), view);
  near(following(view, { x: 0.65, y: 0.5 }).x, 0.55);
});

const FIRST: ViewState = {
  view: WHOLE,
  wipe: false,
  amount: 85,
  frame: 3,
  pixels: false,
};
const SIZE = { width: 64, height: 48, frames: 4 };

Deno.test("how a run is looked at is written to the address and read back", () => {
  assert.equal(writeViewState(FIRST, FIRST), "");
  const state: ViewState = {
    view: { zoom: 4, x: 0.25, y: 0.625 },
    pixel: { x: 12, y: 30 },
    wipe: true,
    amount: 40,
    frame: 1,
    pixels: true,
  };
  const fragment = writeViewState(state, FIRST);
  assert.equal(
    fragment,
    "zoom=4&at=0.25,0.625&pixel=12,30&show=wipe&amount=40&frame=1&as=pixels",
  );
  assert.deepEqual(readViewState(`#${fragment}`, FIRST, SIZE), state);
  assert.deepEqual(readViewState("", FIRST, SIZE), { ...FIRST, pixel: undefined });
});

Deno.test("an address that says nonsense shows something that there is", () => {
  const odd = "#zoom=1e9&at=7,-3&pixel=64,2&amount=900&frame=-1&as=x&show=&__proto__=1";
  const { view, pixel, amount, frame, pixels } = readViewState(odd, FIRST, SIZE);
  assert.deepEqual(view, { zoom: MAX_ZOOM, x: 0.5, y: 0.5 });
  assert.equal(pixel, undefined);
  assert.deepEqual([amount, frame, pixels], [100, 0, false]);
  assert.equal(readViewState("#pixel=1.5,2", FIRST, SIZE).pixel, undefined);
});
