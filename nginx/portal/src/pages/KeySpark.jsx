// SPDX-License-Identifier: ISC
//
// KeySpark: a key's requests of the last 30 days, asked for when the row comes into
// sight, a few keys at a time.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { count } from "../format.js";
import { readUsage } from "../keys.js";
import { newQueue } from "../queue.js";
import { Spark } from "../ui/Spark.jsx";

const AT_ONCE = 3;

// What the sparks of one list share: what was read, and whose turn it is.
export const useSparks = () => useMemo(() =>
	({ known: new Map(), queue: newQueue(AT_ONCE) }), []);

const read = (sparks, id, signal) => sparks.queue(async () => {
	const { buckets } = await readUsage(id, "day", signal);
	const values = buckets.map((one) => one.allowed + one.refused);
	sparks.known.set(id, values);
	return values;
}, signal);

// Calls SEEN when ELEMENT is in sight; gives a function that ends that.
const watch = (element, seen) => {
	const observer = new IntersectionObserver(([entry]) => {
		if (!entry.isIntersecting) return;
		observer.disconnect();
		seen();
	}, { rootMargin: "100px" });
	observer.observe(element);
	return () => observer.disconnect();
};

const labelOf = (values) => {
	const all = values.reduce((sum, one) => sum + one, 0);
	return all === 0 ? "No requests in 30 days" :
		`${count(all, "request")} in 30 days`;
};

// SPARKS: what useSparks() gave; null: not yet.
export function KeySpark({ id, sparks }) {
	const place = useRef(null);
	const [values, setValues] = useState(() => sparks?.known.get(id));

	useEffect(() => {
		if (values || !sparks) return undefined;
		const stop = new AbortController();
		const unwatch = watch(place.current, () =>
			read(sparks, id, stop.signal).then(setValues, () => {
				if (!stop.signal.aborted) setValues(null);
			}));
		return () => {
			unwatch();
			stop.abort();
		};
	}, [sparks]);
	return (
		<div class="key-spark" ref={place}>
			{values && <Spark values={values} label={labelOf(values)} />}
			{values === null && <span class="muted">not known</span>}
		</div>
	);
}
