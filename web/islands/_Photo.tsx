/** @jsxImportSource npm:preact@10.29.8 */
/** The photograph that is explained. */
import { useEffect, useRef, useState } from "../../deps/preact_hooks.ts";
import { paths } from "../site.ts";
import type { Brought } from "./_bring.ts";
import type { Asking } from "./_use_question.ts";

/** The photograph, once it is loaded; undefined where the browser does not know its kind. */
export function usePhoto(token: string | undefined): HTMLImageElement | undefined {
  const [photo, setPhoto] = useState<HTMLImageElement>();
  useEffect(() => {
    setPhoto(undefined);
    if (!token) return;
    const image = new Image();
    let wanted = true;
    image.src = paths.picture(token);
    image.decode().then(() => wanted && setPhoto(image), () => {});
    return () => void (wanted = false);
  }, [token]);
  return photo;
}

/** How high the photograph is, in hundredths of the window; and how much longer one side may be. */
const HIGH = 32, MOST_RATIO = 8;

/** Gives a picture's place its form: of a single line of pixels, too, something is seen. */
function form({ naturalWidth, naturalHeight, parentElement }: HTMLImageElement): void {
  const ratio = naturalWidth / naturalHeight || 1, { style } = parentElement!;
  const shown = Math.min(MOST_RATIO, Math.max(1 / MOST_RATIO, ratio));
  style.aspectRatio = String(shown);
  style.width = `min(100%, ${HIGH * shown}vh)`;
}

/**
 * The photograph with a frame around what the network sees. Where the browser cannot read what the
 * gallery can, that itself.
 */
export function Photo({ picture, model, asking, unlike }: {
  picture: Brought;
  model: string;
  asking: Asking;
  /** Whether the browser shows something else than the network sees: turned another way. */
  unlike: boolean;
}) {
  const frame = useRef<HTMLSpanElement>(null), image = useRef<HTMLImageElement>(null);
  const { answers } = asking;
  const [broken, setBroken] = useState("");
  const isBroken = broken === picture.token || unlike;
  useEffect(() => {
    if (!frame.current || !answers) return;
    const { part, width, height } = answers, { style } = frame.current;
    style.left = `${part.left / width * 100}%`;
    style.top = `${part.top / height * 100}%`;
    style.width = `${part.width / width * 100}%`;
    style.height = `${part.height / height * 100}%`;
  });
  // what stands in the page may have loaded before the script
  useEffect(() => {
    if (image.current?.complete && image.current.naturalWidth) form(image.current);
  }, []);
  const seen = `/explain/seen.png?${new URLSearchParams({ picture: picture.token, model })}`;
  return (
    <figure class="photo">
      {(!isBroken || answers) && (
        <div>
          <img
            ref={image}
            src={isBroken ? seen : paths.picture(picture.token)}
            alt={isBroken ? `${picture.name} as the network sees it` : picture.name}
            onLoad={(event) => form(event.currentTarget)}
            onError={() => setBroken(picture.token)}
          />
          {answers && !isBroken && <span ref={frame} class="frame" />}
        </div>
      )}
      <figcaption>
        {picture.name}
        {answers && <span class="quiet">{` ${answers.width} × ${answers.height}`}</span>}
      </figcaption>
    </figure>
  );
}
