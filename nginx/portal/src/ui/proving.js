// SPDX-License-Identifier: ISC
//
// proving: what a form needs whose action wants a proof, and is done once although
// it may be sent twice.

import { useRef, useState } from "preact/hooks";

import { newOnce } from "../api.js";
import { prove } from "../proof.js";
import { NO_PROOF, isAboutProof } from "./ProofFields.jsx";

// A proof counts for 120 s.
const KEPT_MS = 100000;

// {answer, setAnswer, proved}: the first two are for ProofFields; PROVED(action)
// makes a proof of the answer and calls ACTION(proof). A proof that a refusal
// left unused is used the next time: an authenticator's code counts once.
export const useProving = () => {
	const [answer, setAnswer] = useState(NO_PROOF);
	const kept = useRef(null);

	const proved = async (action) => {
		const old = kept.current;
		const proof = old?.answer === answer && Date.now() < old.until ?
			old.proof : await prove(answer);
		kept.current = null;
		try {
			return await action(proof);
		} catch (problem) {
			if (!isAboutProof(problem))
				kept.current = { proof, answer, until: Date.now() + KEPT_MS };
			throw problem;
		}
	};
	return { answer, setAnswer, proved };
};

// A function that gives the Idempotency-Key for BODY: the same for the same one.
export const useOnce = () => {
	const last = useRef({});

	return (body) => {
		const text = JSON.stringify(body);
		if (last.current.text !== text)
			last.current = { text, once: newOnce() };
		return last.current.once;
	};
};
