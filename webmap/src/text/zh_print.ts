/** The words of printed maps: wanted with the dialog that asks for one, and on the sheet itself. */
export { default } from "../../../gis_server/text/zh/print.json";
