/** The words of one language, but those that come later and those that only the server says. */
const files = import.meta.glob<Record<string, string>>(
  [
    "../../../gis_server/text/zh/*.json",
    "!../../../gis_server/text/zh/{air,basemap,batch,database,desk,effect,explosion,fire,hall,hazard,heavy_gas,incident_file,models,networks,ogc,official,print,plot,plots_server,query,rasters,replay,resilience,response_room,routing,server,sheet,situation_report,source_terms,spread,user_layers}.json",
  ],
  { eager: true, import: "default" },
);

export default Object.assign({}, ...Object.values(files)) as Record<string, string>;
