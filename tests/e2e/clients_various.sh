# Clients that share no code with the others, each with a login and a command: dropbear, libssh2 (Perl's Net::SSH2, PHP, curl), Net::Telnet and
# what stands on it, Expect.pm, Net::OpenSSH, Ruby's net-ssh and net-telnet, Twisted's Conch, ncclient, Java's ganymed, JSch and commons-net,
# curl, nc and busybox at Telnet, rancid's clogin. Those that are not installed are named; without any the test is skipped.
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
if has Net::OpenSSH perl -MNet::OpenSSH -MIO::Pty -e 1 && has ssh command -v ssh; then
    # A master connection, and a command as a channel of it.
    # shellcheck disable=SC2016
    client Net::OpenSSH env HOME="$PWD" perl -MNet::OpenSSH -e '
        my $ssh = Net::OpenSSH->new($ENV{SSH_HOST}, port => $ENV{SSH_PORT}, user => "cisco", password => "cisco", timeout => 20, ctl_dir => "ctl",
            master_opts => [-F => "none", -o => "StrictHostKeyChecking=no", -o => "UserKnownHostsFile=/dev/null"]);
        die $ssh->error if $ssh->error;
        print $ssh->capture("show privilege");'
fi
if has Net::Telnet::Cisco perl -MNet::Telnet::Cisco -e 1; then
    # shellcheck disable=SC2016
    client Net::Telnet::Cisco perl -MNet::Telnet::Cisco -e '
        my $telnet = Net::Telnet::Cisco->new(Host => $ENV{TELNET_HOST}, Port => $ENV{TELNET_PORT}, Timeout => 10);
        $telnet->login("cisco", "cisco");
        print $telnet->cmd("show privilege");
        $telnet->enable("cisco") or die "enable";
        join("", $telnet->cmd("show running-config")) =~ /\nend\n/ or die "a page is missing";
        $telnet->errmode("return");
        $telnet->cmd("show nonsense") and die "no error";'
fi
if has Net::Appliance::Session perl -MNet::Appliance::Session -e 1; then
    # shellcheck disable=SC2016
    client Net::Appliance::Session perl -MNet::Appliance::Session -e '
        my $session = Net::Appliance::Session->new({transport => "Telnet", personality => "ios", host => $ENV{TELNET_HOST},
            connect_options => {port => $ENV{TELNET_PORT}}});
        $session->connect({username => "cisco", password => "cisco"});
        print $session->cmd("show privilege");
        $session->begin_privileged({password => "cisco"});
        $session->begin_configure;
        $session->cmd("interface Loopback9");
        $session->end_configure;
        $session->end_privileged;
        $session->close;'
fi
if has php-ssh2 php -r 'exit(function_exists("ssh2_connect") ? 0 : 1);'; then
    # shellcheck disable=SC2016
    client php-ssh2 php -r '
        $ssh = ssh2_connect(getenv("SSH_HOST"), (int)getenv("SSH_PORT"));
        ssh2_auth_password($ssh, "cisco", "cisco") or exit(1);
        $shell = ssh2_shell($ssh, "vt100", null, 511, 1000, SSH2_TERM_UNIT_CHARS);
        stream_set_blocking($shell, true);
        fwrite($shell, "show privilege\nexit\n");
        while (!feof($shell)) echo fgets($shell);'
fi
system_python=$(test -x /usr/bin/python3 && echo /usr/bin/python3 || echo python3)
if has Twisted "$system_python" -W ignore -c 'import twisted.conch.endpoints'; then
    client Twisted "$system_python" -W ignore -c 'import os
from twisted.conch.endpoints import SSHCommandClientEndpoint
from twisted.internet import defer, protocol, reactor

class AnyHost:
    def verifyHostKey(self, *_):
        return defer.succeed(True)

class Show(protocol.Protocol):
    def dataReceived(self, data):
        print(data.decode())
    def connectionLost(self, reason):
        reactor.stop()

SSHCommandClientEndpoint.newConnection(reactor, b"show privilege", b"cisco", os.environ["SSH_HOST"], int(os.environ["SSH_PORT"]),
    password=b"cisco", knownHosts=AnyHost(), ui=object()).connect(protocol.Factory.forProtocol(Show)).addErrback(lambda why: (print(why), reactor.stop()))
reactor.run()'
fi
if has ncclient "$system_python" -W ignore -c 'import ncclient.manager'; then
    # There is no NETCONF: it must hear so at once.
    client ncclient "$system_python" -W ignore -c 'import os
from ncclient import manager
from ncclient.transport.errors import SSHError
try:
    manager.connect(host=os.environ["SSH_HOST"], port=int(os.environ["SSH_PORT"]), username="cisco", password="cisco", hostkey_verify=False,
        timeout=20, allow_agent=False, look_for_keys=False)
except SSHError as error:
    if "subsystem" in str(error):
        print("Current privilege level is 1, without NETCONF")'
fi
if has java sh -c 'command -v java && command -v javac'; then
    jars=/usr/share/java
    if has ganymed test -e $jars/ganymed-ssh2.jar; then
        # It knows no key but RSA and no hash but SHA-1.
        cat >Ganymed.java <<'JAVA'
public class Ganymed {
    public static void main(String[] args) throws Exception {
        ch.ethz.ssh2.Connection ssh = new ch.ethz.ssh2.Connection(System.getenv("SSH_HOST"), Integer.parseInt(System.getenv("SSH_PORT")));
        ssh.connect(null, 10000, 10000);
        if (!ssh.authenticateWithPassword("cisco", "cisco"))
            throw new Exception("password");
        ch.ethz.ssh2.Session session = ssh.openSession();
        session.execCommand("show privilege");
        session.getStdout().transferTo(System.out);
        ssh.close();
    }
}
JAVA
        client ganymed java -XX:TieredStopAtLevel=1 -cp $jars/ganymed-ssh2.jar Ganymed.java
    fi
    if has JSch test -e $jars/jsch.jar && has commons-net test -e $jars/commons-net.jar; then
        cat >Both.java <<'JAVA'
import com.jcraft.jsch.*;
import java.io.InputStream;
import org.apache.commons.net.telnet.*;

public class Both {
    static String until(InputStream in, String end) throws Exception {
        StringBuilder seen = new StringBuilder();
        while (!seen.toString().endsWith(end)) {
            int c = in.read();
            if (c < 0)
                throw new Exception("the end instead of " + end + " after " + seen);
            seen.append((char) c);
        }
        return seen.toString();
    }

    public static void main(String[] args) throws Exception {
        JSch.setConfig("StrictHostKeyChecking", "no");
        Session ssh = new JSch().getSession("cisco", System.getenv("SSH_HOST"), Integer.parseInt(System.getenv("SSH_PORT")));
        ssh.setPassword("cisco");
        ssh.connect(10000);
        ChannelShell shell = (ChannelShell) ssh.openChannel("shell");
        shell.setPtySize(300, 100, 0, 0);
        InputStream in = shell.getInputStream();
        java.io.OutputStream out = shell.getOutputStream();
        shell.connect(10000);
        until(in, "R1>");
        shell.setPtySize(80, 24, 0, 0);
        ssh.sendKeepAliveMsg();
        ssh.rekey();
        out.write("show privilege\n".getBytes());
        out.flush();
        System.out.print(until(in, "level is 1"));
        ssh.disconnect();

        TelnetClient telnet = new TelnetClient("vt100");
        telnet.addOptionHandler(new TerminalTypeOptionHandler("vt100", false, false, true, false));
        telnet.addOptionHandler(new EchoOptionHandler(true, false, true, false));
        telnet.addOptionHandler(new SuppressGAOptionHandler(true, true, true, true));
        telnet.addOptionHandler(new WindowSizeOptionHandler(132, 50, true, false, true, false));
        telnet.connect(System.getenv("TELNET_HOST"), Integer.parseInt(System.getenv("TELNET_PORT")));
        in = telnet.getInputStream();
        for (String[] step : new String[][] {{"Username: ", "cisco"}, {"Password: ", "cisco"}, {"R1>", "show privilege"}}) {
            until(in, step[0]);
            telnet.getOutputStream().write((step[1] + "\r\n").getBytes());
            telnet.getOutputStream().flush();
        }
        until(in, "level is 1");
        if (!telnet.sendAYT(20000))
            throw new Exception("nobody is there");
        telnet.disconnect();
    }
}
JAVA
        client JSch,commons-net java -XX:TieredStopAtLevel=1 -cp $jars/jsch.jar:$jars/commons-net.jar Both.java
    fi
fi
# What is no Telnet client at all, typed ahead. The session ends by its exit.
printf 'cisco\r\ncisco\r\nshow privilege\r\nexit\r\n' >typed
if has nc command -v nc; then
    # shellcheck disable=SC2016
    client nc sh -c 'exec nc "$TELNET_HOST" "$TELNET_PORT" <typed'
fi
if has curl sh -c 'curl --version | grep -qw telnet'; then
    # shellcheck disable=SC2016
    client curl sh -c 'curl -sS -m 20 -t TTYPE=vt100 -t NEW_ENV=A,b "telnet://$TELNET_HOST:$TELNET_PORT" <typed'
fi
if has busybox sh -c 'busybox --list | grep -qx telnet'; then
    # It ends when its input does.
    # shellcheck disable=SC2016
    client busybox sh -c '{ tr -d "\\r" <typed; while ! grep -q "level is 1" out.txt; do sleep 0.1; done; } | busybox telnet "$TELNET_HOST" "$TELNET_PORT"'
fi
stop_emulator
echo "tried:$tried; not here:$missing"
[ -n "$tried" ] || skip "none of$missing here"
