// SPDX-License-Identifier: ISC
//
// queue: work that waits for its turn, so that only a few pieces are under way.

// A function that has WORK() done, which gives a promise, as soon as fewer than
// MOST others are under way. What waits when SIGNAL aborts is never begun, and
// its promise never settles.
export const newQueue = (most) => {
	const waiting = [];
	let busy = 0;

	const begin = ({ work, signal, resolve, reject }) => {
		if (signal.aborted) return;
		busy += 1;
		work().then(resolve, reject).finally(() => {
			busy -= 1;
			next();
		});
	};
	const next = () => {
		while (busy < most && waiting.length > 0) begin(waiting.shift());
	};
	return (work, signal) => new Promise((resolve, reject) => {
		waiting.push({ work, signal, resolve, reject });
		next();
	});
};
