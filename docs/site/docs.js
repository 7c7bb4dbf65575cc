/** What the pages do with a script: search, and buttons that copy code. Without one they lack only these. */
const root = document.documentElement.dataset.root;

// copying
for (const block of document.querySelectorAll(".code")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(block.querySelector("code").textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed";
    }
    setTimeout(() => button.textContent = "Copy", 2000);
  });
  block.append(button);
}

// what is folded on a small screen stands open on a large one
const wide = matchMedia("(min-width: 64rem)");
const unfold = () => {
  for (const part of document.querySelectorAll("details.pages, details.toc")) {
    part.open = wide.matches;
  }
};
wide.addEventListener("change", unfold);
unfold();

// search
const search = document.querySelector(".search");
const field = search.querySelector("input"), list = search.querySelector("ul");
const status = search.querySelector("[role=status]");
const MOST = 12;
let loading;

/** The index, which is fetched when somebody wants to search. */
function index() {
  loading ??= new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = `${root}static/search-index.js`;
    script.addEventListener("load", () => resolve(globalThis.PAGES));
    document.head.append(script);
  });
  return loading;
}

/** How well words fit a text: all must be in it; a text that begins with them, or is short, fits best. */
function fit(text, words) {
  const lower = text.toLowerCase();
  if (!words.every((word) => lower.includes(word))) return 0;
  const starts =
    words.filter((word) => ` ${lower.replace(/[^\p{L}\p{N}]/gu, " ")}`.includes(` ${word}`))
      .length;
  return 1 + starts + 1 / text.length;
}

function resultsFor(pages, text) {
  const words = text.toLowerCase().split(/\s+/);
  const results = [];
  for (const [title, address, section, headings] of pages) {
    const own = fit(title, words);
    if (own) results.push({ title, address, where: section, score: 2 * own });
    for (const [heading, id] of headings) {
      const score = fit(heading, words) || fit(`${title} ${heading}`, words) / 4;
      if (score) {
        results.push({ title: heading, address: `${address}#${id}`, where: title, score });
      }
    }
  }
  return results.sort((a, b) => b.score - a.score).slice(0, MOST);
}

async function show() {
  const text = field.value.trim();
  const results = text ? resultsFor(await index(), text) : [];
  if (field.value.trim() !== text) return;
  list.replaceChildren(...results.map(({ title, address, where }) => {
    const item = document.createElement("li"), link = document.createElement("a");
    const place = document.createElement("span");
    link.href = root + address;
    place.className = "kicker";
    place.textContent = where;
    link.append(title, place);
    item.append(link);
    return item;
  }));
  list.hidden = results.length === 0;
  status.textContent = !text
    ? ""
    : results.length === 0
    ? `Nothing is called “${text}”`
    : `${results.length} ${results.length === 1 ? "place" : "places"}`;
  search.classList.toggle("nothing", text !== "" && results.length === 0);
}

function close() {
  list.hidden = true;
  status.textContent = "";
  search.classList.remove("nothing");
}

field.addEventListener("focus", index);
field.addEventListener("input", show);
search.addEventListener("keydown", (event) => {
  const links = [...list.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "Escape") {
    field.focus();
    close();
  } else if (event.key === "Enter" && document.activeElement === field && !list.hidden) {
    links[0]?.click();
  } else if (event.key === "ArrowDown" && !list.hidden) {
    event.preventDefault();
    links[Math.min(at + 1, links.length - 1)]?.focus();
  } else if (event.key === "ArrowUp" && at >= 0) {
    event.preventDefault();
    (at === 0 ? field : links[at - 1]).focus();
  }
});
document.addEventListener("click", (event) => {
  if (!search.contains(event.target)) close();
});
search.addEventListener("focusout", ({ relatedTarget }) => {
  if (relatedTarget && !search.contains(relatedTarget)) close();
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    field.focus();
  }
});
