// SPDX-License-Identifier: ISC
//
// plot: draws the lines of a Chart; the only file that knows the library that does.

import uPlot from "uplot";

const HEIGHT = 240;

// A canvas knows no custom properties: the colour is taken from an element.
const colours = (place, tone) => {
	const probe = document.createElement("span");
	probe.className = `tone-${tone}`;
	place.append(probe);
	const { color, borderTopColor, outlineColor } = getComputedStyle(probe);
	probe.remove();
	return { line: color, axis: borderTopColor, grid: outlineColor };
};

const axis = (place) => {
	const { axis: stroke, grid } = colours(place, "axis");
	return {
		stroke,
		font: `12px ${getComputedStyle(place).fontFamily}`,
		grid: { stroke: grid, width: 1 },
		ticks: { stroke: grid, width: 1 },
	};
};

const line = (place, { label, tone }, at) => ({
	label,
	stroke: colours(place, tone).line,
	width: 2,
	dash: at === 0 ? undefined : [6, 4],
	points: { show: false },
});

const optionsOf = (place, series) => ({
	width: Math.max(200, place.clientWidth),
	height: HEIGHT,
	legend: { show: false },
	cursor: { show: false },
	scales: { y: { range: (plot, low, high) => [0, Math.max(1, high)] } },
	axes: [axis(place), { ...axis(place), size: 56, incrs: [1, 2, 5, 10, 20, 50,
		100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7, 1e8] }],
	series: [{}, ...series.map((one, at) => line(place, one, at))],
});

export class Plot {
	constructor(place, times, series) {
		this.place = place;
		this.series = series;
		this.data = [times.map((at) => new Date(at).getTime() / 1000),
			...series.map((one) => one.values)];
		this.dark = matchMedia("(prefers-color-scheme: dark)");
		this.redraw = () => this.draw();
		this.dark.addEventListener("change", this.redraw);
		this.watch = new ResizeObserver(() => this.plot?.setSize({
			width: Math.max(200, place.clientWidth), height: HEIGHT,
		}));
		this.draw();
		this.watch.observe(place);
	}

	draw() {
		this.plot?.destroy();
		this.plot = new uPlot(optionsOf(this.place, this.series), this.data,
			this.place);
	}

	end() {
		this.watch.disconnect();
		this.dark.removeEventListener("change", this.redraw);
		this.plot.destroy();
	}
}
