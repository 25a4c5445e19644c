// SPDX-License-Identifier: ISC
//
// account: the account that is signed in, with its plan and region.

import * as api from "./api.js";
import { useLoad } from "./load.js";

// {data, problem, loading, reload, set} of GET /account.
export const useAccount = () =>
	useLoad((signal) => api.get("/account", {}, signal));
