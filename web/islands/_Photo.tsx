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
    return () => wanted = false;
  }, [token]);
  return photo;
}

/** The photograph with a frame around what the network sees. */
export function Photo({ picture, asking }: { picture: Brought; asking: Asking }) {
  const frame = useRef<HTMLSpanElement>(null), { answers } = asking;
  useEffect(() => {
    if (!frame.current || !answers) return;
    const { part, width, height } = answers, { style } = frame.current;
    style.left = `${part.left / width * 100}%`;
    style.top = `${part.top / height * 100}%`;
    style.width = `${part.width / width * 100}%`;
    style.height = `${part.height / height * 100}%`;
  });
  return (
    <figure class="photo">
      <div>
        <img src={paths.picture(picture.token)} alt={picture.name} />
        {answers && <span ref={frame} class="frame" />}
      </div>
      <figcaption>
        {picture.name}
        {answers && <span class="quiet">{` ${answers.width} × ${answers.height}`}</span>}
      </figcaption>
    </figure>
  );
}
