// SPDX-License-Identifier: ISC
//
// axis: the numbers and times that stand along a chart.

const DAY_MS = 86400000;

// Round numbers from 0 to MOST or a little more: 1, 2 or 5 apart, times a power
// of ten; whole ones, because what is counted is.
export const ticksOf = (most) => {
	const rough = Math.max(1, most / 4);
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = power * [1, 2, 5, 10].find((one) => one * power >= rough);
	const count = Math.max(1, Math.ceil(most / step));
	return Array.from({ length: count + 1 }, (_, at) => at * step);
};

const short = new Intl.NumberFormat("en", { notation: "compact" });

export const formatTick = (value) => short.format(value);

const msOf = (at) => new Date(at).getTime();

// From one of TIMES to the next.
const stepOf = ([first, second = first]) => msOf(second) - msOf(first);

// More than two days by the hour: days are written then, not hours.
const isByDay = (times) => times.length * stepOf(times) > 2 * DAY_MS;

// Which of TIMES are written along the axis, MOST at most. Where days are written
// it is where they begin.
export const marksOf = (times, most) => {
	const hours = stepOf(times) < DAY_MS && isByDay(times);
	const all = [...times.keys()].filter((x) =>
		!hours || new Date(times[x]).getHours() === 0);
	return all.filter((_, at) => at % Math.ceil(all.length / most) === 0);
};

// How the starts of TIMES are written: {long, short}, functions of one. Whole days
// are UTC's, as the server counts them.
export const timesOf = (times) => {
	const days = stepOf(times) >= DAY_MS;
	const zone = days ? "UTC" : undefined;
	const many = days || isByDay(times);
	const day = { month: "short", day: "numeric", timeZone: zone };
	const hour = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
	const long = new Intl.DateTimeFormat("en", {
		weekday: "short", ...day, ...(days ? { year: "numeric" } : hour),
	});
	const brief = new Intl.DateTimeFormat("en", many ? day : hour);
	return {
		long: (at) => long.format(new Date(at)),
		short: (at) => brief.format(new Date(at)),
	};
};
