/** Concepts from folders of pictures: whether a network's scores answer to what people see in them. */
export {
  type Concept,
  type ConceptClass,
  type ConceptDirection,
  type ConceptOptions,
  type ConceptReport,
  type ConceptRequest,
  type ConceptScore,
  type PictureSource,
} from "./data.ts";
export { conceptOptions } from "./options.ts";
export { testConcepts } from "./test.ts";
