export * from "npm:@resvg/resvg-wasm@2.6.2";
