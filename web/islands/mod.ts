/** The islands by name. */
import type { ComponentType } from "../../deps/preact.ts";
import { Browse } from "./Browse.tsx";
import { Compare } from "./Compare.tsx";
import { CompareChosen } from "./CompareChosen.tsx";
import { CopyButton } from "./CopyButton.tsx";
import { JobView } from "./JobView.tsx";
import { Library } from "./Library.tsx";
import { ObjectiveField } from "./ObjectiveField.tsx";
import { Tray } from "./Tray.tsx";
import { Viewer } from "./Viewer.tsx";

// deno-lint-ignore no-explicit-any -- each has its own props; the page wrote them as JSON
export const islands: readonly ComponentType<any>[] = [
  Browse,
  Compare,
  CompareChosen,
  CopyButton,
  JobView,
  Library,
  ObjectiveField,
  Tray,
  Viewer,
];
