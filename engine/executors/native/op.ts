/** What a row of the native executor's table says of an op, and what it is told. */
import type { Attributes as NodeAttributes } from "../../graph.ts";
import type { Parameters, Shape } from "../../ops/op.ts";
import type { Type, Writer } from "./writer.ts";

/**
 * One use of an op. Shapes are the engine's, the batch left out. In ONNX graphs pictures lie as
 * `[batch, channels, height, width]`, everything else as in the engine.
 */
export interface Use {
  readonly attrs: NodeAttributes;
  readonly params: Parameters;
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
}

/** A value that a graph takes or gives. */
export interface Port {
  /** Its name in the graph. */
  readonly name: string;
  readonly type: Type;
  /** As it lies in the graph, the batch left out. */
  readonly dims: readonly number[];
}

/** How an op is written in ONNX. Values are names in the writer's graph. */
export interface NativeOp {
  /** Writes the op; the name of its output. */
  forward(to: Writer, inputs: readonly string[], use: Use): string;
  /** Writes, into the forward graph, what the way back will read of it; left out: nothing. */
  keeps?(to: Writer, inputs: readonly string[], output: string, use: Use): readonly Port[];
  /**
   * Writes the way back, into a graph of its own: the gradients at the inputs.
   *
   * @param kept the names there of what `keeps` gave
   */
  backward(to: Writer, dy: string, use: Use, kept: readonly string[]): readonly string[];
}
