// SPDX-License-Identifier: ISC
//
// session: who is signed in. It is asked for when the portal opens and whenever it
// is looked at again, because other tabs share it, and ends with the first answer
// that says so.

import { createContext, h } from "preact";
import { useCallback, useContext, useEffect, useMemo, useState }
	from "preact/hooks";

import * as api from "./api.js";

const Session = createContext(null);

// Its state is "asking", "failed" (with problem), "out" (with ended: true
// if there was a session before) or "in" (with member and account).
export const useSession = () => useContext(Session);

const OUT = { state: "out", ended: false };

const signedIn = (data) => ({
	state: "in",
	member: data.member,
	account: data.account,
	mayAdminister: data.member.may_administer,
	expiresAt: data.expires_at,
});

const useAsking = (setNow) => useCallback(async () => {
	setNow({ state: "asking" });
	try {
		const data = await api.get("/session");
		api.setCsrf(data.csrf_token);
		setNow(signedIn(data));
	} catch (problem) {
		setNow(problem.status === 401 ? OUT :
			{ state: "failed", problem });
	}
}, []);

// Another tab may have ended the session, or begun one of somebody else.
const useOthers = (setNow) => useEffect(() => {
	const looked = async () => {
		if (document.visibilityState !== "visible" || !api.hasCsrf()) return;
		const data = await api.get("/session").catch(() => null);
		if (!data) return;
		api.setCsrf(data.csrf_token);
		setNow(signedIn(data));
	};
	document.addEventListener("visibilitychange", looked);
	return () => document.removeEventListener("visibilitychange", looked);
}, []);

export function SessionProvider({ children }) {
	const [now, setNow] = useState({ state: "asking" });
	const ask = useAsking(setNow);

	useOthers(setNow);
	const enter = useCallback((data) => {
		api.setCsrf(data.csrf_token);
		setNow(signedIn(data));
	}, []);
	const leave = useCallback(async () => {
		await api.request("DELETE", "/session");
		api.setCsrf(null);
		setNow(OUT);
	}, []);

	useEffect(() => {
		api.whenSignedOut(() => {
			api.setCsrf(null);
			setNow((before) => before.state === "in" ?
				{ state: "out", ended: true } : before);
		});
		ask();
	}, []);

	// What the person has just changed of what is known of them.
	const update = useCallback((change) => setNow((before) => ({
		...before, member: { ...before.member, ...change },
	})), []);

	const value = useMemo(() => ({ ...now, ask, enter, leave, update }),
		[now]);
	return h(Session.Provider, { value }, children);
}
