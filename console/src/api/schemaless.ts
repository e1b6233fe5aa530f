/**
 * Stands in for the contract’s schema library in what the browser loads (see `vite.config.ts`). Endpoint constants
 * build their schemas when they are loaded, but the console never validates with them: the server does, and here the
 * types have done their work before the build. This keeps 18 KB (gzip) out of the first download.
 */
const schema = (): object => ({});

const Type = new Proxy<Record<string, () => object>>({}, { get: () => schema });

// oxlint-disable-next-line import/no-default-export -- The library that it stands in for has one.
export default Type;
