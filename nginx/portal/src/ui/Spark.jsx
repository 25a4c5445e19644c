// SPDX-License-Identifier: ISC
//
// Spark: how something went, in the size of a word: a bar for each of VALUES.
// LABEL says it in words, for whoever does not see it.

const WIDTH = 90;
const HEIGHT = 20;

export function Spark({ values, label }) {
	const most = Math.max(1, ...values);
	const step = WIDTH / values.length;
	const bars = values.map((value, at) => {
		const height = value === 0 ? 0 :
			Math.max(1.5, value / most * HEIGHT);
		return `M${(at * step).toFixed(2)} ${HEIGHT}v-${height.toFixed(2)}` +
			`h${(step * 0.7).toFixed(2)}v${height.toFixed(2)}z`;
	}).join("");
	return (
		<svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img"
			aria-label={label} preserveAspectRatio="none">
			<path class="spark-base" d={`M0 ${HEIGHT - 0.5}h${WIDTH}`} />
			<path class="spark-bars" d={bars} />
		</svg>
	);
}
