// @ts-self-types="./_module.d.ts"
// JavaScript because TypeScript does not know source imports, which need no read permission.
// An engine without relaxed SIMD refuses the first modules; one without source imports, the second too.
export const { module, shared, name } = await import("./_relaxed.js")
  .catch(() => import("./_simd.js"))
  .catch(() => import("./_bytes.js"));
