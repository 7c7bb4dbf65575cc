/** The islands by name. */
import type { ComponentType } from "../../deps/preact.ts";
import { AtlasMap } from "./AtlasMap.tsx";
import { Bring } from "./Bring.tsx";
import { Browse } from "./Browse.tsx";
import { Compare } from "./Compare.tsx";
import { CompareChosen } from "./CompareChosen.tsx";
import { CopyButton } from "./CopyButton.tsx";
import { Explain } from "./Explain.tsx";
import { JobList } from "./JobList.tsx";
import { JobView } from "./JobView.tsx";
import { Library } from "./Library.tsx";
import { Narrow } from "./Narrow.tsx";
import { ObjectiveField } from "./ObjectiveField.tsx";
import { PictureField } from "./PictureField.tsx";
import { SheetOrder } from "./SheetOrder.tsx";
import { Suggestions } from "./Suggestions.tsx";
import { Tray } from "./Tray.tsx";
import { Viewer } from "./Viewer.tsx";

// deno-lint-ignore no-explicit-any -- each has its own props; the page wrote them as JSON
export const islands: readonly ComponentType<any>[] = [
  AtlasMap,
  Bring,
  Browse,
  Compare,
  CompareChosen,
  CopyButton,
  Explain,
  JobList,
  JobView,
  Library,
  Narrow,
  ObjectiveField,
  PictureField,
  SheetOrder,
  Suggestions,
  Tray,
  Viewer,
];
