/** @jsxImportSource npm:preact@10.29.8 */
/** The form that asks for scores: every metric there is, by what it asks, with its options. */
import { optionFields } from "../../core/options.ts";
import { byFamily } from "../../metrics/families.ts";
import { metrics } from "../../metrics/mod.ts";
import type { Metric } from "../../run/metric.ts";
import type { Fields } from "../_fields.ts";
import { boxName, isChosen, type JudgedRuns, type JudgeFault, metricOption } from "../_judging.ts";
import { inLabels } from "../_say.ts";
import { DIRECTIONS } from "../../metrics/directions.ts";
import { paths, useSite } from "../site.ts";
import { OptionControl } from "./OptionControl.tsx";
import { SeedField } from "./SeedField.tsx";

export interface JudgeFormProps {
  readonly judged: JudgedRuns;
  /** What the form begins with, where that is more than the usual. */
  readonly fields?: Fields;
  /** A mask that was sent before. */
  readonly kept?: { readonly token: string; readonly name: string };
  readonly fault?: JudgeFault;
}

/** One metric: what it asks, when it misleads, how it can be asked otherwise. */
function Choice({ metric, props: { fields, fault, judged, kept } }: {
  metric: Metric;
  props: JudgeFormProps;
}) {
  const { id, title, summary, caution, paper, needs, better, options } = metric;
  const hasMask = judged.mask !== undefined || kept !== undefined;
  const isWrong = fault?.metric === id, own = optionFields(options);
  // fields of a metric that was not chosen hold what they held
  const shown = fields?.has(boxName(id)) ? fields : undefined;
  return (
    <div class="metric">
      <label class="check">
        <input
          type="checkbox"
          name={boxName(id)}
          value="true"
          checked={isChosen(metric, fields, hasMask)}
          aria-describedby={`about-${id}`}
        />
        <span>
          {title} <span aria-hidden="true">{DIRECTIONS[better].sign}</span>
          <span class="hidden">, {DIRECTIONS[better].words}</span>
        </span>
      </label>
      <p class="quiet" id={`about-${id}`}>{summary}{needs && `. It needs a ${needs}`}</p>
      <details open={isWrong}>
        <summary>
          {own.length > 0 ? "When it misleads, and its options" : "When it misleads"}
          <span class="hidden">: {title}</span>
        </summary>
        <p class="quiet">
          {inLabels(caution)} <a href={paper.url}>{paper.citation}</a>
        </p>
        {own.map((field) => (
          <OptionControl
            key={field.name}
            field={{ ...field, name: metricOption(id, field.name) }}
            fields={shown}
            wrong={isWrong && fault?.error.option === field.name}
          />
        ))}
      </details>
    </div>
  );
}

/** Where the thing is in the one picture. */
function MaskField({ judged: { mask }, kept }: JudgeFormProps) {
  const { href } = useSite();
  return (
    <fieldset>
      <legend>
        Where the thing is <span class="quiet">(optional)</span>
      </legend>
      {mask && (
        <p class="mask">
          <img
            src={href(paths.picture(mask))}
            alt="The mask of this sample"
            width={64}
            height={64}
          />
          <span>It is known of this sample. Another mask takes its place:</span>
        </p>
      )}
      {kept && (
        <p class="mask">
          <img src={href(paths.picture(kept.token))} alt="Your mask" width={64} height={64} />
          <span>{kept.name}. Another takes its place:</span>
          <input type="hidden" name="kept-mask" value={kept.token} />
        </p>
      )}
      <label>
        <span>A picture that is white where the thing is, and black around it</span>
        <input type="file" name="mask" accept="image/*,.ppm,.pgm,.pbm,.tif,.tiff" />
      </label>
    </fieldset>
  );
}

export function JudgeForm(props: JudgeFormProps) {
  const { judged: { runs, hasOnePicture }, fields, fault } = props, { href } = useSite();
  return (
    <form
      class="make judge"
      method="post"
      action={href(paths.judge([]))}
      encType="multipart/form-data"
    >
      {fault && <p class="fault" role="alert">{inLabels(fault.error)}</p>}
      {runs.map(({ id }) => <input key={id} type="hidden" name="run" value={id} />)}
      {hasOnePicture && <MaskField {...props} />}
      {byFamily(metrics).map(([heading, some]) => (
        <fieldset key={heading}>
          <legend>{heading}</legend>
          {some.map((metric) => <Choice key={metric.id} metric={metric} props={props} />)}
        </fieldset>
      ))}
      <fieldset>
        <legend>How it is computed</legend>
        <SeedField fields={fields} />
      </fieldset>
      <button type="submit" class="primary">Judge</button>
    </form>
  );
}
