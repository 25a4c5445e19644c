-- SPDX-License-Identifier: ISC
-- Which database this is.
-- columns: place
-- roles: hasp_auth
-- reads
SELECT hasp.place()
