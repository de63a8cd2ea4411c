/** The words of one language, but those of models and those that only the server says. */
const files = import.meta.glob<Record<string, string>>(
  [
    "../../../gis_server/text/en/*.json",
    "!../../../gis_server/text/en/{air,basemap,batch,database,effect,explosion,fire,hazard,heavy_gas,models,networks,ogc,query,rasters,resilience,routing,server,sheet,source_terms,spread,user_layers}.json",
  ],
  { eager: true, import: "default" },
);

export default Object.assign({}, ...Object.values(files)) as Record<string, string>;
