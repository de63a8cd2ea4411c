/** The words of the duty desk's tools: wanted with the first of them. */
const files = import.meta.glob<Record<string, string>>(
  "../../../gis_server/text/en/{desk,duty_tools,incident_file,response_room}.json",
  { eager: true, import: "default" },
);

export default Object.assign({}, ...Object.values(files)) as Record<string, string>;
