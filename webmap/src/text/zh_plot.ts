/** The words of plotting and measuring: wanted with the first incident that has plots, or a tool. */
const files = import.meta.glob<Record<string, string>>("../../../gis_server/text/zh/plot.json", {
  eager: true,
  import: "default",
});

export default Object.assign({}, ...Object.values(files)) as Record<string, string>;
