// SPDX-License-Identifier: ISC
//
// main: puts the portal into the page.

import { render } from "preact";

import "./style/base.css";
import "./style/controls.css";
import "./style/layout.css";
import "./style/table.css";
import "./style/dialog.css";
import "./style/chart.css";
import "./style/audit.css";
import "./style/usage.css";
import "./style/keys.css";

import { App } from "./app.jsx";

render(<App />, document.getElementById("app"));
