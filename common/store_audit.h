/* SPDX-License-Identifier: ISC */
/*
 * store_audit [layer 5]: the rows of the log that tell of a change, written
 * inside its transaction: who did what, from where, and how what it was done
 * to stands after it. Call these last, when all is changed: each locks the head
 * of the account's chain until the commit, and who changed a row after that
 * could wait in a circle with another (tests/order.py looks).
 */
#ifndef HASP_STORE_AUDIT_H
#define HASP_STORE_AUDIT_H

#include "store_change.h"

/* EVENT was done to the key ID; VERSION is a secret's, 0 for the key's own. */
enum err store_audit_key(const struct store_change *change, const char *event,
    struct str id, int32_t version) MUST_CHECK;

/*
 * EVENT was done by or to the member of that number, perhaps 0 (somebody who
 * failed to sign in), of change->account.
 */
enum err store_audit_member(const struct store_change *change,
    const char *event, int64_t member) MUST_CHECK;

/* EVENT was done to the account of that id. WHY may be empty. */
enum err store_audit_account(const struct store_change *change,
    const char *event, int64_t account, struct str why) MUST_CHECK;

/*
 * EVENT was done to the app of that GUID, in the chain of its own account, 0
 * for the operator's; VERSION is a secret's, 0 for the app's own.
 */
enum err store_audit_app(const struct store_change *change, const char *event,
    struct str app, int32_t version) MUST_CHECK;

/* The same for its end, also in the chains of those that it is connected to. */
enum err store_audit_app_removed(const struct store_change *change,
    struct str app) MUST_CHECK;

/* EVENT was done to the connection ID of change->account. */
enum err store_audit_connection(const struct store_change *change,
    const char *event, int64_t id) MUST_CHECK;

/* The plan or region of that code was made or changed, by an operator. */
enum err store_audit_plan(const struct store_change *change, struct str code)
    MUST_CHECK;
enum err store_audit_region(const struct store_change *change, struct str code)
    MUST_CHECK;

#endif
