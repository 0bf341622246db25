// Who the peer of an SSH connection is: passwords, keys, questions. An answer waits for its time in
// the session; the request is kept until then.
#include "emulator/transport_ssh_data.h"

#include "base/alloc.h"
#include "emulator/ssh_profile.h"

#include <stdlib.h>
#include <string.h>

enum { METHODS = SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_INTERACTIVE }; // of everybody

// libssh wants server callbacks instead of this, but those must answer at once.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static const char *message_password(ssh_message message)
{
    return ssh_message_auth_password(message);
}

static ssh_key message_key(ssh_message message)
{
    return ssh_message_auth_pubkey(message);
}

static enum ssh_publickey_state_e message_key_state(ssh_message message)
{
    return ssh_message_auth_publickey_state(message);
}
#pragma GCC diagnostic pop

static void refuse(ssh_message message)
{
    ssh_message_reply_default(message);
    ssh_message_free(message);
}

static void check_password(struct ssh_conn *conn, ssh_message message, const char *user,
                           const char *password)
{
    if (conn->pending || !user || !password) {
        refuse(message);
        return;
    }
    conn->pending = message;
    conn->interactive = ssh_message_subtype(message) == SSH_AUTH_METHOD_INTERACTIVE;
    session_login(conn->session, user, password);
}

static void ask_password(struct ssh_conn *conn, ssh_message message)
{
    const char *prompts[] = {"Password: "};
    char echo[] = {0};
    const char *user = ssh_message_auth_user(message);
    free(conn->user);
    conn->user = alloc_strdup(user ? user : "");
    conn->asked = true;
    conn->renewing = false;
    ssh_message_auth_interactive_request(message, "", "", 1, prompts, echo);
    ssh_message_free(message);
}

static void take_new_password(struct ssh_conn *conn, ssh_message message)
{
    if (ssh_userauth_kbdint_getnanswers(conn->ssh) != 2 || conn->pending) {
        refuse(message);
        return;
    }
    conn->pending = message;
    conn->renewing = false;
    session_renew_password(conn->session, ssh_userauth_kbdint_getanswer(conn->ssh, 0),
                           ssh_userauth_kbdint_getanswer(conn->ssh, 1));
}

static void take_answer(struct ssh_conn *conn, ssh_message message)
{
    bool asked = conn->asked;
    conn->asked = false;
    if (asked && conn->renewing)
        take_new_password(conn, message);
    else if (asked && ssh_userauth_kbdint_getnanswers(conn->ssh) == 1)
        check_password(conn, message, conn->user, ssh_userauth_kbdint_getanswer(conn->ssh, 0));
    else
        refuse(message);
}

// A key is shown first, then proved: only the proof is a login. A wrong one costs no try: a client
// offers all it has.
static void check_key(struct ssh_conn *conn, ssh_message message)
{
    const char *user = ssh_message_auth_user(message);
    enum ssh_publickey_state_e state = message_key_state(message);
    char *key = NULL;
    bool takes = user && !conn->pending &&
                 ssh_pki_export_pubkey_base64(message_key(message), &key) == SSH_OK &&
                 session_takes_key(conn->session, user, key);
    if (takes && state == SSH_PUBLICKEY_STATE_NONE) {
        ssh_message_auth_reply_pk_ok_simple(message);
        ssh_message_free(message);
    } else if (takes && state == SSH_PUBLICKEY_STATE_VALID) {
        conn->pending = message;
        session_login_by_key(conn->session, user, key);
    } else {
        refuse(message);
    }
    ssh_string_free_char(key);
}

// Before the answer to the first request: a peer that asks nothing sees nothing.
static void send_login_banner(struct ssh_conn *conn)
{
    struct buf text = {0};
    if (!conn->greeted)
        session_put_banner(conn->session, "login", &text);
    conn->greeted = true;
    if (!text.len)
        return;
    ssh_string banner = ssh_string_from_char(buf_text(&text));
    if (!banner)
        abort(); // out of memory, like base/alloc
    ssh_send_issue_banner(conn->ssh, banner);
    ssh_string_free(banner);
    buf_fini(&text);
}

void transport_ssh_login(struct ssh_conn *conn, ssh_message message)
{
    send_login_banner(conn);
    switch (ssh_message_subtype(message)) {
    case SSH_AUTH_METHOD_PASSWORD:
        check_password(conn, message, ssh_message_auth_user(message), message_password(message));
        break;
    case SSH_AUTH_METHOD_INTERACTIVE:
        if (ssh_message_auth_kbdint_is_response(message))
            take_answer(conn, message);
        else
            ask_password(conn, message);
        break;
    case SSH_AUTH_METHOD_PUBLICKEY:
        check_key(conn, message);
        break;
    default: // "none": the list of the methods, without delay
        refuse(message);
    }
}

int transport_ssh_methods(const struct session *session)
{
    bool keys = ssh_profiles[session_settings(session)->ssh].offers_public_key ||
                session_may_have_keys(session);
    return METHODS | (keys ? SSH_AUTH_METHOD_PUBLICKEY : 0);
}

// The old password has expired. RFC 4252's PASSWD_CHANGEREQ is no way to ask for a new one: libssh
// cannot send it, and clients do not know it.
bool transport_ssh_ask_new_password(struct ssh_conn *conn)
{
    if (!conn->interactive)
        return false;
    const struct platform *platform = session_platform(conn->session);
    const char *prompts[] = {platform_new_password_prompt(platform),
                             platform_repeat_password_prompt(platform)};
    char echo[] = {0, 0};
    conn->asked = conn->renewing = true;
    ssh_message_auth_interactive_request(conn->pending, "", platform_password_expired(platform), 2,
                                         prompts, echo);
    ssh_message_free(conn->pending);
    conn->pending = NULL;
    return true;
}
