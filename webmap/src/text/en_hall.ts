/** The words of the wall: wanted by the wall itself, and by what drives one from a desk. */
export { default } from "../../../gis_server/text/en/hall.json";
