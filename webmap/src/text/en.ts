/** The words of one language, without those that only the server says. */
const files = import.meta.glob<Record<string, string>>(
  [
    "../../../gis_server/text/en/*.json",
    "!../../../gis_server/text/en/{basemap,batch,database,networks,ogc,query,resilience,server,sheet,user_layers}.json",
  ],
  { eager: true, import: "default" },
);

export default Object.assign({}, ...Object.values(files)) as Record<string, string>;
