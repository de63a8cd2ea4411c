/** Bars by district and grade: drawn on a canvas by ECharts, fetched when a chart is first shown. */
import type { EChartsType } from "echarts/core";
import { html, type TemplateResult } from "lit";
import { fetched } from "../store/coming";
import { GRADE_COLOUR, INK } from "../symbols/palette";
import { define, Panel } from "./panel";

/** One bar: what it is called, and how much of it each part has. */
export interface Bar {
  name: string;
  parts: Readonly<Record<string, number>>;
  /** What is written beside it; its sum where that is left out. */
  said?: string;
}
/** A part of every bar, in the order from its foot. */
export interface Part {
  key: string;
  title: string;
}

class BarChart extends Panel {
  static override properties = {
    bars: { attribute: false },
    parts: { attribute: false },
    size: { type: Number },
  };
  declare bars: readonly Bar[];
  declare parts: readonly Part[];
  declare size: number;

  #chart: EChartsType | null = null;
  #drawn = "";
  readonly #resize = new ResizeObserver(() => this.#chart?.resize());

  constructor() {
    super();
    this.bars = [];
    this.parts = [];
    this.size = 14;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.#chart?.dispose();
    this.#chart = null;
    this.#drawn = "";
  }

  /** The table is what a screen reader finds, and what a test reads. */
  protected override render(): TemplateResult {
    return html`<div class="canvas" aria-hidden="true"></div>
      <table class="spoken"><tbody>${this.bars.map(
        ({ name, parts, said }) =>
          html`<tr><th>${name}</th>${this.parts.map(({ key }) => html`<td>${parts[key] ?? 0}</td>`)}<td>${said ?? ""}</td></tr>`,
      )}</tbody></table>`;
  }

  protected override updated(): void {
    void this.#draw();
  }

  async #draw(): Promise<void> {
    const wanted = JSON.stringify([this.bars, this.parts, this.size]);
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    const { init } = await fetched(() => import("./chart_library"));
    const place = this.querySelector<HTMLElement>(".canvas");
    if (!place || !this.isConnected) return;
    if (!this.#chart) {
      this.#chart = init(place, null, { renderer: "canvas" });
      this.#resize.observe(place);
    }
    this.#chart.setOption(this.#option(), true);
  }

  #option() {
    // A canvas inherits no font: an unknown family would be drawn at ten pixels.
    const { fontFamily } = getComputedStyle(this);
    const label = { color: INK.text, fontSize: this.size, fontFamily };
    const shown = [...this.bars].reverse();
    // Room for what is written beside a bar: a Latin letter takes about half of a Chinese one.
    const widths = shown.map(({ said }) =>
      [...(said ?? "000000")].reduce((ems, sign) => ems + (sign < "\u2e80" ? 0.55 : 1), 0),
    );
    return {
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 300,
      tooltip: { renderMode: "richText" as const, show: false },
      aria: { enabled: true, decal: { show: true } },
      legend: { textStyle: label, right: 0, top: 0, itemWidth: this.size, itemHeight: this.size },
      grid: {
        left: 0,
        right: this.size * (1 + Math.max(...widths)),
        top: this.size * 2,
        bottom: 0,
        containLabel: true,
      },
      xAxis: { type: "value" as const, axisLabel: { show: false }, splitLine: { show: false } },
      yAxis: {
        type: "category" as const,
        data: shown.map(({ name }) => name),
        axisLabel: { ...label, interval: 0 },
        axisLine: { show: false },
        axisTick: { show: false },
      },
      series: this.parts.map(({ key, title }, index) => ({
        name: title,
        type: "bar" as const,
        stack: "all",
        barMaxWidth: this.size * 1.5,
        itemStyle: { color: GRADE_COLOUR[key] ?? INK.muted },
        data: shown.map(({ parts }) => parts[key] ?? 0),
        label: {
          ...label,
          show: index === this.parts.length - 1,
          position: "right" as const,
          formatter: ({ dataIndex }: { dataIndex: number }) =>
            shown[dataIndex]?.said ?? total(shown[dataIndex]),
        },
      })),
    };
  }
}

function total(bar: Bar | undefined): string {
  const sum = Object.values(bar?.parts ?? {}).reduce((all, one) => all + one, 0);
  return sum.toLocaleString("en");
}

define("om-bar-chart", BarChart);
