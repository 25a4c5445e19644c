// SPDX-License-Identifier: ISC
//
// proof: that it is still the same person. A proof counts once and for 120 s, so
// it is asked for right before what needs it.

import { request } from "./api.js";

// The proof for ANSWER, {password} or {totp}; a Problem is thrown if it is
// wrong.
export const prove = async (answer) => {
	const { data } = await request("POST", "/session/reauthentication",
		{ body: answer });
	return data.proof;
};
