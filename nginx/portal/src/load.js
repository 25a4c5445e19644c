// SPDX-License-Identifier: ISC
//
// load: what a page fetches when it opens, and lists that come in pieces.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

// Fetches by READ(signal) now and whenever DEPS change; what is under way then
// is dropped. Gives {data, problem, loading, reload, set}; data of before
// stays until new data is there.
export const useLoad = (read, deps = []) => {
	const [now, setNow] = useState({ loading: true });
	const [turn, setTurn] = useState(0);

	useEffect(() => {
		const stop = new AbortController();
		setNow((before) => ({ data: before.data, loading: true }));
		read(stop.signal).then((data) => {
			if (!stop.signal.aborted) setNow({ data, loading: false });
		}, (problem) => {
			if (!stop.signal.aborted) setNow({ problem, loading: false });
		});
		return () => stop.abort();
	}, [...deps, turn]);

	const reload = useCallback(() => setTurn((n) => n + 1), []);
	const set = useCallback((change) => setNow((before) => ({
		...before,
		data: typeof change === "function" ? change(before.data) : change,
	})), []);
	return { ...now, reload, set };
};

const START = { items: [], cursor: null, hasMore: false, loading: true };

// A list by the page: READ(cursor, signal) gives {items, cursor, hasMore}.
// Gives {items, hasMore, loading, problem, more, reload, setItems}; ALL has
// it go on by itself until there are no more.
export const useList = (read, deps = [], all = false) => {
	const [now, setNow] = useState(START);
	const [turn, setTurn] = useState(0);
	const stop = useRef(null);

	const fetchPage = useCallback(async (cursor, signal) => {
		setNow((before) => ({ ...before, loading: true, problem: undefined }));
		try {
			const page = await read(cursor, signal);
			if (signal.aborted) return;
			setNow((before) => ({
				items: cursor ? [...before.items, ...page.items] :
					page.items,
				cursor: page.cursor,
				hasMore: page.hasMore,
				loading: false,
			}));
		} catch (problem) {
			if (!signal.aborted)
				setNow((before) => ({ ...before, problem, loading: false }));
		}
	}, deps);

	// What is fetched again stays until it is there; another list does not.
	const shown = useRef(null);
	useEffect(() => {
		stop.current = new AbortController();
		setNow((before) => shown.current === fetchPage ?
			{ ...before, loading: true } : START);
		shown.current = fetchPage;
		fetchPage(null, stop.current.signal);
		return () => stop.current.abort();
	}, [...deps, turn]);

	const more = useCallback(() =>
		fetchPage(now.cursor, stop.current.signal), [fetchPage, now.cursor]);
	useEffect(() => {
		if (all && now.hasMore && !now.loading && !now.problem) more();
	}, [all, now]);

	const reload = useCallback(() => setTurn((n) => n + 1), []);
	const setItems = useCallback((change) => setNow((before) => ({
		...before, items: change(before.items),
	})), []);
	return { ...now, more, reload, setItems };
};
