/** What people write, as they meant it. Loaded when there is something to show. */
import type { ComponentProps } from "react";
import Renderer, { type Components } from "react-markdown";

import css from "./Markdown.module.css";

/** A heading of a note is no heading of the view. */
function Heading({ children }: ComponentProps<"h1">) {
  return (
    <p>
      <b>{children}</b>
    </p>
  );
}

function Outside({ href, children }: ComponentProps<"a">) {
  return (
    <a className="wb-link" href={href} target="_blank" rel="noreferrer nofollow">
      {children}
    </a>
  );
}

/** A picture is not fetched: whoever wrote the note would learn who reads it. It is a link. */
function Picture({ src, alt }: ComponentProps<"img">) {
  const text = alt === undefined || alt === "" ? src : alt;
  return typeof src === "string" ? <Outside href={src}>{text}</Outside> : text;
}

const PARTS: Components = {
  h1: Heading,
  h2: Heading,
  h3: Heading,
  h4: Heading,
  h5: Heading,
  h6: Heading,
  a: ({ href, children }) => <Outside href={href}>{children}</Outside>,
  img: ({ src, alt }) => <Picture src={src} alt={alt} />,
};

/** Markdown as elements. HTML in it is shown as text, and addresses that are none of the web are dropped. */
export default function Markdown({ text }: { text: string }) {
  return (
    <div className={css.markdown}>
      <Renderer components={PARTS}>{text}</Renderer>
    </div>
  );
}
