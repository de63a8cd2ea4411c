/** The words of the line of time: wanted once it is opened. */
export { default } from "../../../gis_server/text/zh/replay.json";
