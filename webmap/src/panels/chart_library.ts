/** The parts of the chart library that are used: a chunk of their own, fetched with the first chart. */
import { BarChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, GridComponent, LegendComponent, AriaComponent, CanvasRenderer]);

export { init };
