/** The words of models and of what they compute: wanted with the first plan. */
const files = import.meta.glob<Record<string, string>>(
  "../../../gis_server/text/en/{air,effect,explosion,fire,hazard,heavy_gas,models,source_terms,spread}.json",
  { eager: true, import: "default" },
);

export default Object.assign({}, ...Object.values(files)) as Record<string, string>;
