# Logins with public keys: every kind of key by OpenSSH, plink and paramiko; a wrong key falls through to the password.
. "$SOURCE/tests/e2e/frame.sh"
need ssh sshpass ssh-keygen timeout

for kind in ed25519 ecdsa rsa; do
    ssh-keygen -q -t $kind -N '' -f key.$kind -C "$kind key"
done
ssh-keygen -q -t ed25519 -N '' -f stranger
{
    echo '# the class'
    cat key.*.pub
} >keys
start_emulator --devices 3 --ssh 0 --set "devices.authorized_keys=$PWD/keys"

# on USER SSH_ARGUMENT...: `show privilege` with keys only; out.txt and err.txt hold what came.
on() {
    user=$1
    shift
    timeout 120 ssh -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes -o BatchMode=yes \
        -p "$SSH_PORT" "$@" "$user@127.100.0.2" 'show privilege' </dev/null >out.txt 2>err.txt
}

for kind in ed25519 ecdsa rsa; do
    on cisco -i key.$kind || fail "$kind: $(cat err.txt)"
    grep -q 'Current privilege level is 1' out.txt || fail "$kind: '$(cat out.txt)'"
done
on cisco -i key.rsa -o PubkeyAcceptedAlgorithms=rsa-sha2-256 || fail "rsa-sha2-256: $(cat err.txt)"
on cisco -i key.rsa -o PubkeyAcceptedAlgorithms=+ssh-rsa -o PubkeyAcceptedAlgorithms=ssh-rsa || fail "ssh-rsa: $(cat err.txt)"

# Neither a stranger's key nor another user with a right one; what remains is named in the order of real boxes.
methods='Permission denied (publickey,keyboard-interactive,password)'
for who in cisco:stranger nobody:key.ed25519; do
    ! on "${who%:*}" -i "${who#*:}" || fail "$who logs in"
    grep -qF "$methods" err.txt || fail "$who is told '$(cat err.txt)'"
done

# Six strange keys and then the right one, and six strange ones and then the password: keys cost no tries.
strangers=
for n in 1 2 3 4 5 6; do
    ssh-keygen -q -t ed25519 -N '' -f strange.$n
    strangers="$strangers -i strange.$n"
done
# shellcheck disable=SC2086 # several words
on cisco $strangers -i key.ed25519 || fail "the seventh key: $(cat err.txt)"
# shellcheck disable=SC2086
timeout 120 sshpass -p cisco ssh -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes $strangers \
    -p "$SSH_PORT" cisco@127.100.0.1 'show privilege' >out.txt 2>err.txt || fail "the password after keys: $(cat err.txt)"
grep -q 'Current privilege level is 1' out.txt || fail "the password after keys: '$(cat out.txt)'"

if command -v plink >/dev/null && command -v puttygen >/dev/null; then
    for kind in ed25519 rsa; do
        puttygen key.$kind -o $kind.ppk
        timeout 120 plink -ssh -batch -hostkey "$(ssh-keyscan -T 60 -p "$SSH_PORT" -t ed25519 127.100.0.1 2>/dev/null |
            ssh-keygen -lf - | cut -d ' ' -f 2)" -P "$SSH_PORT" -i $kind.ppk cisco@127.100.0.1 'show privilege' \
            >out.txt 2>err.txt </dev/null || fail "plink, $kind: $(cat err.txt)"
        grep -q 'Current privilege level is 1' out.txt || fail "plink, $kind: '$(cat out.txt)'"
    done
fi

if /usr/bin/python3 -c 'import paramiko' 2>/dev/null; then
    PORT=$SSH_PORT timeout 120 /usr/bin/python3 - <<'PYTHON' || fail "paramiko"
import os
import paramiko

KINDS = {"ed25519": paramiko.Ed25519Key, "ecdsa": paramiko.ECDSAKey, "rsa": paramiko.RSAKey}


def connect(**more):
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    client.connect("127.100.0.3", int(os.environ["PORT"]), "cisco", look_for_keys=False, allow_agent=False, **more)
    return client


for kind, load in KINDS.items():
    client = connect(pkey=load.from_private_key_file("key." + kind))
    output = client.exec_command("show privilege")[1].read()
    assert b"Current privilege level is 1" in output, (kind, output)
    client.close()
connect(key_filename="stranger", password="cisco").close()
try:
    connect(key_filename="stranger")
    raise SystemExit("paramiko logs in with a stranger's key")
except paramiko.AuthenticationException:
    pass
PYTHON
fi
# A key in the configuration: of its user, on its device, cut into lines as it was pasted; gone with `no`.
configure() {
    sed 's/^ *//' >typed.txt
    timeout 120 sshpass -p cisco ssh -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o PubkeyAuthentication=no \
        -p "$SSH_PORT" -T cisco@127.100.0.2 <typed.txt >out.txt 2>err.txt || fail "configure: $(cat out.txt err.txt)"
    ! grep -q '%' out.txt || fail "configure: $(cat out.txt)"
}

configure <<TYPED
    enable
    cisco
    configure terminal
    username boss privilege 15 secret hunter2
    username cisco secret cisco
    ip ssh pubkey-chain
    username boss
    key-string
    $(cut -c 1-100 key.rsa.pub)
    $(cut -c 101-200 key.rsa.pub)
    $(cut -c 201- key.rsa.pub)
    exit
    end
    exit
TYPED
on boss -i key.rsa || fail "a key of the configuration: $(cat err.txt)"
grep -q 'Current privilege level is 15' out.txt || fail "boss: '$(cat out.txt)'"
! on boss -i key.ed25519 || fail "another key than that of the configuration logs in"
! timeout 120 ssh -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -i key.rsa -p "$SSH_PORT" \
    boss@127.100.0.3 'show privilege' >out.txt 2>err.txt </dev/null || fail "the key of one device logs in to another"
configure <<'TYPED'
    enable
    cisco
    configure terminal
    no ip ssh pubkey-chain
    end
    exit
TYPED
! on boss -i key.rsa || fail "a key that was taken away logs in"

stop_emulator

# An old box has no keys unless it was given some; a file without any is told with its place.
start_emulator --devices 1 --ssh 0 --set devices.ssh=legacy-ios
old='-o KexAlgorithms=+diffie-hellman-group14-sha1 -o HostKeyAlgorithms=+ssh-rsa'
# shellcheck disable=SC2086
! on cisco $old -i key.ed25519 || fail "a key logs in where there is none"
timeout 120 ssh -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -p "$SSH_PORT" \
    -o KexAlgorithms=+diffie-hellman-group14-sha1 -o HostKeyAlgorithms=+ssh-rsa cisco@127.100.0.1 2>err.txt </dev/null || true
grep -qF 'Permission denied (keyboard-interactive,password)' err.txt || fail "an old box says '$(cat err.txt)'"
stop_emulator
echo 'ssh-ed2519 AAAA' >wrong
expect 2 "wrong:1:1: there is no key type 'ssh-ed2519'; did you mean 'ssh-ed25519'?" \
    "$NETBATON" emulate --until-eof --ssh 0 --set devices.authorized_keys=wrong
