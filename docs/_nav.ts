/** Where each page stands: what it is for decides its section (Diátaxis: tutorial, how-to, reference, explanation). */

/** A page by its path from `docs/`, or several under one that introduces them. */
export type Entry = string | { readonly page: string; readonly pages: readonly string[] };

/** Pages that serve one purpose. */
export interface Section {
  /** The end of its address. */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly entries: readonly Entry[];
}

const pagesOf = (entry: Entry): readonly string[] =>
  typeof entry === "string" ? [entry] : [entry.page, ...entry.pages];

/** Every page of a section, in the order in which it is read. */
export const pagesIn = ({ entries }: Section): readonly string[] => entries.flatMap(pagesOf);

/** The sections, given the pages that are made for each technique and each theme of the library. */
export const sectionsOf = (made: readonly string[]): readonly Section[] => {
  const within = (folder: string) =>
    made.filter((path) => path.startsWith(folder) && !path.endsWith("README.md"));
  return [
    {
      id: "tutorial",
      title: "Tutorial",
      summary: "From the first picture to a plugin of your own, step by step.",
      entries: [
        "tutorial/first-picture.md",
        "tutorial/first-script.md",
        "tutorial/first-plugin.md",
        "tutorial/lab.md",
      ],
    },
    {
      id: "how-to",
      title: "How-to",
      summary: "One task a page, for when you know what you want.",
      entries: [
        "examples.md",
        "how-to/gallery.md",
        "bring-your-model.md",
        "how-to/many-pictures.md",
        "many-machines.md",
        "how-to/microscope.md",
        "how-to/judge.md",
        "how-to/report.md",
        "how-to/concepts.md",
        "how-to/saved-runs.md",
        "writing-a-technique.md",
        "how-to/model-plugin.md",
        "how-to/outside-the-folder.md",
        "how-to/notebook.md",
        "how-to/server.md",
      ],
    },
    {
      id: "reference",
      title: "Reference",
      summary: "Everything there is, as the code says it of itself.",
      entries: [
        { page: "techniques/README.md", pages: within("techniques/") },
        "reference/metrics.md",
        "reference/metrics-elsewhere.md",
        "reference/objectives.md",
        "models.md",
        "reference/commands.md",
        { page: "library.md", pages: within("reference/library/") },
        "reference/manifest.md",
        "reference/option-roles.md",
        "reference/errors.md",
      ],
    },
    {
      id: "explanation",
      title: "Explanation",
      summary: "What the pictures mean, what they do not, and how it all works.",
      entries: [
        "explanation/methods.md",
        "explanation/when-maps-lie.md",
        "explanation/which-technique.md",
        "explanation/leaderboard.md",
        "explanation/comparing-maps.md",
        "explanation/targets.md",
        "explanation/priors.md",
        "architecture.md",
        "measurements.md",
        "first-picture.md",
        "../CONTRIBUTING.md",
        "../CHANGELOG.md",
      ],
    },
  ];
};
