# The algorithm profiles of SSH as OpenSSH sees them: what each offers, what a client of today says to it and what it then takes;
# the host keys of each and the known_hosts that lists them.
. "$SOURCE/tests/e2e/frame.sh"
need ssh sshpass ssh-keygen timeout

export XDG_DATA_HOME="$PWD/data"

# serve PROFILE OPTION...: an emulator of one device, and its known_hosts in the file known.
serve() {
    profile=$1
    shift
    start_emulator --devices 1 --ssh 0 --set "devices.ssh=$profile" "$@"
    "$NETBATON" inventory --format known_hosts --devices 1 --ssh "$SSH_PORT" --set "devices.ssh=$profile" "$@" >known ||
        fail "no known_hosts of $profile"
}

# try SSH_ARGUMENT...: `show privilege` on it; out.txt and err.txt hold what came.
try() {
    timeout 120 sshpass -p cisco ssh -F none -o StrictHostKeyChecking=yes -o "UserKnownHostsFile=$PWD/known" -o NumberOfPasswordPrompts=1 \
        -p "$SSH_PORT" "$@" "cisco@$SSH_HOST" 'show privilege' </dev/null >out.txt 2>err.txt
}

works() {
    try "$@" || fail "$profile with '$*': $(cat err.txt)"
    grep -q 'Current privilege level is 1' out.txt || fail "$profile with '$*' says '$(cat out.txt)'"
}

refuses() {
    wanted=$1
    shift
    if try "$@"; then
        fail "$profile with '$*' works"
    fi
    grep -qF -e "$wanted" err.txt || fail "$profile with '$*' says '$(cat err.txt)', not '$wanted'"
}

# offers NAME VALUE: what the peer proposed; -vv lists the client's proposal first, then the peer's.
offers() {
    sed -n "s/^debug2: $1: //p" err.txt | tr -d '\r' | sed -n 2p >offered
    [ "$(cat offered)" = "$2" ] || fail "$profile offers as $1 '$(cat offered)'"
}

# The rows of known_hosts are the keys that are served, each of which logs in.
serve modern
[ "$(cut -d ' ' -f 2 known | tr '\n' ' ')" = 'ssh-ed25519 ecdsa-sha2-nistp256 ssh-rsa ' ] || fail "modern has the keys $(cat known)"
works
for key in ssh-ed25519 ecdsa-sha2-nistp256 rsa-sha2-512 rsa-sha2-256 ssh-rsa; do
    works -o "HostKeyAlgorithms=$key"
done
refuses 'no matching host key type found' -o HostKeyAlgorithms=ecdsa-sha2-nistp384
for kex in curve25519-sha256 ecdh-sha2-nistp521 diffie-hellman-group16-sha512 diffie-hellman-group14-sha256 \
    diffie-hellman-group14-sha1 diffie-hellman-group-exchange-sha1 diffie-hellman-group-exchange-sha256; do
    works -o "KexAlgorithms=$kex" -vv
done
# The group fits what a client asks for, and is not the largest there is.
grep -q 'GEX_REQUEST(2048<[0-9]*<8192) sent' err.txt || fail "no group exchange: $(cat err.txt)"
grep -Eq 'bits set: [0-9]+/2048' err.txt || fail "another group than that of 2048 bits: $(grep bits err.txt)"
for cipher in chacha20-poly1305@openssh.com aes256-gcm@openssh.com aes128-ctr aes256-cbc 3des-cbc; do
    works -c "$cipher" -m hmac-sha1
done
stop_emulator

# As an old box: a client of today says why it cannot, first of one thing, then of the other.
serve legacy-ios
[ "$(cut -d ' ' -f 2 known)" = ssh-rsa ] || fail "legacy-ios has the keys $(cat known)"
kex='-o KexAlgorithms=+diffie-hellman-group14-sha1,diffie-hellman-group1-sha1'
rsa='-o HostKeyAlgorithms=+ssh-rsa'
offered='diffie-hellman-group-exchange-sha1,diffie-hellman-group14-sha1,diffie-hellman-group1-sha1'
refuses "no matching key exchange method found. Their offer: $offered"
# shellcheck disable=SC2086 # several words
{
    refuses 'no matching host key type found. Their offer: ssh-rsa' $kex
    refuses 'no matching key exchange method found' $rsa
    works $kex $rsa
    works $kex $rsa -vv
}
grep -q 'remote software version Cisco-1.25' err.txt || fail "legacy-ios does not call itself Cisco-1.25"
offers 'KEX algorithms' "$offered,kex-strict-s-v00@openssh.com"
offers 'host key algorithms' ssh-rsa
offers 'ciphers ctos' aes128-ctr,aes192-ctr,aes256-ctr,aes128-cbc,3des-cbc,aes192-cbc,aes256-cbc
offers 'MACs stoc' hmac-sha1
for cipher in aes128-cbc aes256-cbc 3des-cbc; do
    works -o KexAlgorithms=diffie-hellman-group1-sha1 -o HostKeyAlgorithms=ssh-rsa -c "$cipher"
    works -o KexAlgorithms=diffie-hellman-group14-sha1 -o HostKeyAlgorithms=ssh-rsa -c "$cipher" -m hmac-sha1
done
works -o KexAlgorithms=diffie-hellman-group-exchange-sha1 -o HostKeyAlgorithms=ssh-rsa
stop_emulator

serve ios-xe
[ "$(cut -d ' ' -f 2 known)" = ssh-rsa ] || fail "ios-xe has the keys $(cat known)"
works
works -vv
grep -q 'remote software version Cisco-2.0' err.txt || fail "ios-xe does not call itself Cisco-2.0"
offers 'host key algorithms' rsa-sha2-512,rsa-sha2-256,ssh-rsa
offers 'ciphers ctos' aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr
refuses 'no matching cipher found' -c chacha20-poly1305@openssh.com
stop_emulator

# A key of one's own is the only one; a profile that cannot serve it says so.
ssh-keygen -q -t rsa -b 3072 -N '' -f own
serve modern --host-key own
[ "$(cut -d ' ' -f 2,3 known)" = "$(cut -d ' ' -f 1,2 own.pub)" ] || fail "modern with an own key has $(cat known)"
works -o HostKeyAlgorithms=rsa-sha2-256
stop_emulator
expect 2 'is of type ssh-ed25519, which the SSH profile does not have; `ssh-keygen -t rsa' \
    "$NETBATON" emulate --until-eof --ssh 0 --set devices.ssh=legacy-ios --host-key data/netbaton/ssh_host_key
expect 2 "unknown ssh 'legacy'; did you mean 'legacy-ios'?" "$NETBATON" emulate --until-eof --ssh 0 --set devices.ssh=legacy

# Old and new boxes side by side, each with its own keys; known_hosts holds for both.
cat >devices.yaml <<'YAML'
devices:
  count: 1
  named:
    - {name: old, ssh: legacy-ios}
    - {name: new, ssh: ios-xe}
YAML
start_emulator devices.yaml --devices 3 --ssh 0
"$NETBATON" inventory devices.yaml --devices 3 --format known_hosts --ssh "$SSH_PORT" >known || fail "no known_hosts of all three"
profile='the third, modern'
SSH_HOST=127.100.0.3
works
SSH_HOST=127.100.0.2
profile='the second, ios-xe'
works
SSH_HOST=127.100.0.1
profile='the first, legacy-ios'
refuses 'no matching key exchange method found'
# shellcheck disable=SC2086 # several words
works $kex $rsa
stop_emulator

# The client of `netbaton run` takes them all.
echo 'runs: {strategy: [threads, async], workers: 5}' >run.yaml
for profile in legacy-ios ios-xe; do
    "$NETBATON" run run.yaml -q -o "run-$profile" --set "devices={count: 10, ssh: $profile}" >out.txt 2>err.txt ||
        fail "run against $profile: $(cat out.txt err.txt)"
done
