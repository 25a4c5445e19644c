// SPDX-License-Identifier: ISC
//
// Form: fields and what is done with them. A refusal is shown above the fields,
// unless it stands at a field: by PROBLEM.of(), or ATFIELD says so. The first
// field that is wrong gets the focus.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { ErrorBox } from "./ErrorBox.jsx";

// Runs an action once at a time: [run, {busy, problem, setProblem}]. RUN gives
// true if nothing was thrown.
export const useAction = (action) => {
	const [now, setNow] = useState({ busy: false });
	const gone = useRef(false);
	const set = (state) => {
		if (!gone.current) setNow(state);
	};

	useEffect(() => () => {
		gone.current = true;
	}, []);
	const run = async (...words) => {
		if (now.busy) return false;
		set({ busy: true });
		try {
			await action(...words);
			set({ busy: false });
			return true;
		} catch (problem) {
			set({ busy: false, problem });
			return false;
		}
	};
	return [run, {
		...now, setProblem: (problem) => set({ busy: false, problem }),
	}];
};

const hasErrors = (problem) => (problem?.errors ?? []).length > 0;

export function Form({ onSubmit, problem, atField = false, children, ...rest }) {
	const form = useRef(null);
	// The problem whose errors no field of this form shows.
	const [unplaced, setUnplaced] = useState(null);

	useLayoutEffect(() => {
		if (!problem) return;
		const wrong = form.current.querySelector(
			"[aria-invalid], fieldset.wrong input");
		if (!wrong && (hasErrors(problem) || atField)) setUnplaced(problem);
		(wrong ?? form.current.querySelector(".error-box"))?.focus();
	}, [problem, unplaced]);
	const boxed = problem && (unplaced === problem ||
		(!hasErrors(problem) && !atField));
	return (
		<form ref={form} noValidate {...rest} onSubmit={(event) => {
			event.preventDefault();
			onSubmit();
		}}>
			{boxed && <ErrorBox problem={problem} />}
			{children}
		</form>
	);
}
