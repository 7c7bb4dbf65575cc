export * from "npm:fastest-levenshtein@1.0.16";
