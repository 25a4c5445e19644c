# SPDX-License-Identifier: ISC
"""Why was I refused?"""

import pytest

from log_world import history, key_ids, refused_request, request_id
from portal_world import MODES


@pytest.mark.parametrize("mode", MODES)
def test_refused(walker, mode):
    made = history(walker.stack)
    key = made.account.key("Old importer")
    walker.stack.ctl("key", "revoke", "--yes", key_ids(
        walker.stack, made.account)["Old importer"])
    request = refused_request(walker.stack,
                              headers={"Authorization": "Bearer " + key})
    nobody = refused_request(walker.stack, auth=("42", ""))
    walker.walk("flow_refused", mode, made.account, request=request,
                nobody=nobody, several=made.requests["several"],
                unknown=request_id(), key=key)
