/** What files of others are most often in: systems of coordinates and encodings of text. */

export const CRS = ["EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09", "EPSG:3857"];
export const ENCODINGS = ["UTF-8", "GBK", "GB18030", "Big5"];
