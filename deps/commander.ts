export * from "npm:commander@15.1.0";
