# Clients that share no code with the others, each with a login and a command: dropbear, libssh2 (Perl's Net::SSH2), Net::Telnet, Expect.pm,
# Ruby's net-ssh and net-telnet, rancid's clogin. Those that are not installed are named; without any the test is skipped.
. "$SOURCE/tests/e2e/frame.sh"
need timeout

start_emulator --devices 1 --ssh 0 --telnet 0
export SSH_HOST SSH_PORT TELNET_HOST TELNET_PORT
tried=
missing=

# client NAME COMMAND...: must print what `show privilege` says within two minutes. The output is in out.txt.
client() {
    name=$1
    shift
    timeout 120 "$@" >out.txt 2>err.txt </dev/null || true
    grep -q 'Current privilege level is 1' out.txt || fail "$name: $(cat out.txt err.txt)"
    tried="$tried $name"
}

# has NAME COMMAND...: whether a client is here.
has() {
    name=$1
    shift
    if "$@" >/dev/null 2>&1; then
        return 0
    fi
    missing="$missing $name"
    return 1
}

if has dbclient command -v dbclient; then
    export DROPBEAR_PASSWORD=cisco
    client dbclient dbclient -y -y -p "$SSH_PORT" "cisco@$SSH_HOST" 'show privilege'
fi
if has Net::SSH2 perl -MNet::SSH2 -e 1; then
    # shellcheck disable=SC2016 # of Perl
    client Net::SSH2 perl -MNet::SSH2 -e '
        my $ssh = Net::SSH2->new();
        $ssh->connect($ENV{SSH_HOST}, $ENV{SSH_PORT}) or die $ssh->error;
        $ssh->auth_list("cisco") eq "publickey,keyboard-interactive,password" or die "methods";
        $ssh->auth_keyboard("cisco", "cisco") or die "keyboard-interactive";
        my $channel = $ssh->channel();
        $channel->exec("show privilege");
        my $text;
        print $text while $channel->read($text, 1000);
        $channel->exit_status() == 0 or die "status";'
fi
if has Net::Telnet perl -MNet::Telnet -e 1; then
    # shellcheck disable=SC2016
    client Net::Telnet perl -MNet::Telnet -e '
        my $telnet = Net::Telnet->new(Host => $ENV{TELNET_HOST}, Port => $ENV{TELNET_PORT}, Prompt => "/R1[>#]\$/", Timeout => 60);
        $telnet->login("cisco", "cisco");
        print $telnet->cmd("show privilege");
        $telnet->cmd(String => "enable", Prompt => "/assword: \$/");
        $telnet->cmd("cisco");
        $telnet->cmd("terminal length 0");
        my @lines = $telnet->cmd("show running-config");
        @lines > 50 or die "a short configuration";'
fi
if has Expect.pm perl -MExpect -e 1 && has ssh command -v ssh; then
    # shellcheck disable=SC2016
    client Expect.pm perl -MExpect -e '
        my $ssh = Expect->spawn("ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
            "-p", $ENV{SSH_PORT}, "cisco\@$ENV{SSH_HOST}");
        $ssh->expect(60, "assword: ") or die "no question";
        $ssh->send("cisco\r");
        $ssh->expect(60, "R1>") or die "no prompt";
        $ssh->send("show privilege\r");
        $ssh->expect(60, "level is 1") or die "no answer";
        $ssh->send("exit\r");
        $ssh->expect(60, "eof");'
fi
if has net-ssh ruby -e 'require "net/ssh"'; then
    client net-ssh ruby -e 'require "net/ssh"
        Net::SSH.start(ENV["SSH_HOST"], "cisco", port: ENV["SSH_PORT"].to_i, password: "cisco", verify_host_key: :never,
            config: false, keys: [], non_interactive: true) { |ssh| puts ssh.exec!("show privilege") }'
fi
if has net-telnet ruby -e 'require "net/telnet"'; then
    client net-telnet ruby -e 'require "net/telnet"
        telnet = Net::Telnet.new("Host" => ENV["TELNET_HOST"], "Port" => ENV["TELNET_PORT"], "Prompt" => /R1[>#]\z/n, "Timeout" => 60)
        telnet.login("Name" => "cisco", "Password" => "cisco", "LoginPrompt" => /Username: \z/n)
        puts telnet.cmd("show privilege")'
fi
if has clogin test -x /usr/lib/rancid/bin/clogin; then
    for way in ssh:$SSH_PORT telnet:$TELNET_PORT; do
        printf 'add user * cisco\nadd password * cisco cisco\nadd autoenable * 1\nadd method * {%s}\n' "$way" >cloginrc
        chmod 600 cloginrc
        mkdir -p home/.ssh
        printf 'Host *\n    StrictHostKeyChecking no\n' >home/.ssh/config
        client "clogin,$way" env HOME="$PWD/home" /usr/lib/rancid/bin/clogin -f cloginrc -c 'show privilege' "$SSH_HOST"
    done
fi
stop_emulator
echo "tried:$tried; not here:$missing"
[ -n "$tried" ] || skip "none of$missing here"
