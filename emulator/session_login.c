// Who it is: passwords and keys, and the answer when its time has come.
#include "emulator/session_state.h"

#include "base/alloc.h"
#include "emulator/counts.h"

#include <stdlib.h>
#include <string.h>

enum { PASSWORD_TRIES = 3 };

// The answer to a login is due at answer_ns, a right one later.
static void check_login(struct session *session, const char *user, bool right, uint64_t answer_ns)
{
    session_enter(session, PHASE_CHECKING);
    session->login_right = right;
    free(session->user);
    session->user = alloc_strdup(user);
    if (right)
        answer_ns += delay_login_ns(&device_settings(session->device)->latency, &session->key);
    session_set_timer(session, &session->wait, answer_ns);
}

void session_login(struct session *session, const char *user, const char *password)
{
    if (session->phase != PHASE_LOGIN || session->hanging_up)
        return;
    bool right = session->fault.kind != FAULT_AUTH_FAIL &&
                 device_check_password(session->device, user, password);
    check_login(session, user, right,
                limits_aaa_answer_ns(session->env->limits, session_now(session)));
}

bool session_may_have_keys(const struct session *session)
{
    return device_has_keys(session->device);
}

bool session_takes_key(const struct session *session, const char *user, const char *key)
{
    return session->fault.kind != FAULT_AUTH_FAIL && device_check_key(session->device, user, key);
}

// The device knows its keys itself: no server is asked.
void session_login_by_key(struct session *session, const char *user, const char *key)
{
    if (session->phase != PHASE_LOGIN || session->hanging_up)
        return;
    session->renewed = true; // a key does not expire
    check_login(session, user, session_takes_key(session, user, key), session_now(session));
}

bool session_password_expired(const struct session *session)
{
    return session->fault.kind == FAULT_PASSWORD_EXPIRED && !session->renewed;
}

static void let_in(struct session *session)
{
    session_enter(session, PHASE_OPEN);
    session->env->counts->logins++;
    session_end_startup(session);
    session->ops->answer_login(session->conn, LOGIN_RIGHT);
}

static void turn_down(struct session *session)
{
    bool last = ++session->bad_passwords >= PASSWORD_TRIES;
    session_enter(session, PHASE_LOGIN);
    if (last)
        session_hang_up(session, SESSION_END_PASSWORD);
    session->ops->answer_login(session->conn, last ? LOGIN_WRONG_LAST : LOGIN_WRONG);
}

void session_answer_login(struct session *session)
{
    timers_stop(session->env->timers, &session->wait);
    if (session_breaks_at(session, FAULT_AT_LOGIN))
        return;
    if (!session->login_right) {
        turn_down(session);
        return;
    }
    session_enter(session, PHASE_LOGIN);
    bool asked = session_password_expired(session) && session->ops->renew_password &&
                 session->ops->renew_password(session->conn);
    if (!asked) // otherwise the shell asks
        let_in(session);
}

void session_renew_password(struct session *session, const char *first, const char *second)
{
    if (session->phase != PHASE_LOGIN || session->hanging_up)
        return;
    session_enter(session, PHASE_CHECKING);
    session->login_right = session->renewed = *first && !strcmp(first, second);
    session_set_timer(session, &session->wait, session_now(session));
}
