/** @jsxImportSource npm:preact@10.29.8 */
/** Models to choose from, as people call them. */
import { modelName } from "../../run/model_name.ts";

export function ModelOptions({ ids, chosen }: { ids: readonly string[]; chosen?: string }) {
  return (
    <>
      {ids.map((id) => <option key={id} value={id} selected={id === chosen}>{modelName(id)}
      </option>)}
    </>
  );
}
