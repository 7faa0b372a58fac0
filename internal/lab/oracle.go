package lab

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Oracle is one FRR alone with itself, in name spaces of its own: nothing outside is
// touched, several run side by side, and all of it dies with the process that started it.
// It has the ports eth1, eth2 and eth3. No neighbour of it ever comes up.
type Oracle struct {
	cmd  *exec.Cmd
	life io.Closer // its first process ends when this does
	desk *desk     // nil until something is typed
}

// alone is the first process of an oracle; it lives as long as somebody holds its input.
const alone = `set -eu
mount --make-rprivate /
mount -t proc proc /proc
hostname ` + oracleName + `
for d in /etc/frr /var/run/frr /var/tmp/frr; do
	mkdir -p $d
	mount -t tmpfs tmpfs $d
	chown frr:frr $d
done
echo 'service integrated-vtysh-config' >/etc/frr/vtysh.conf
: >/etc/frr/frr.conf
chown frr:frr /etc/frr/*
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.promote_secondaries=1
ip link set lo up
for i in 1 2 3; do
	ip link add eth$i type veth peer name far$i
	ip link set eth$i up
	ip link set far$i up
done
for d in zebra staticd ospfd ospf6d isisd bfdd; do
	` + frrDir + `$d -d -A 127.0.0.1 -P 0 </dev/null >/dev/null 2>&1
done
` + frrDir + `bgpd -d -A 127.0.0.1 -P 0 -p 0 -Z -M rpki </dev/null >/dev/null 2>&1
exec cat
`

const oracleName = "oracle"

// Alone starts an oracle and waits until it answers. Down must be called on what it gives;
// after an error everything is down already.
func Alone(ctx context.Context) (*Oracle, error) {
	o := &Oracle{cmd: exec.Command("sh", "-c", alone)}
	o.cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWUTS | syscall.CLONE_NEWPID}
	var said bytes.Buffer
	o.cmd.Stderr = &said
	life, err := o.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	o.life = life
	if err := o.cmd.Start(); err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(ctx, patient)
	defer stop()
	for {
		out, err := o.Run(ctx, "vtysh", "-c", "show daemons")
		if err == nil && len(strings.Fields(out)) == 7 {
			return o, nil
		}
		select {
		case <-ctx.Done():
			o.Down()
			return nil, fmt.Errorf("FRR does not answer: %s%s", out, said.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Down ends an oracle and all that runs in it.
func (o *Oracle) Down() {
	o.leave()
	o.life.Close()
	o.cmd.Process.Kill()
	o.cmd.Wait() // killed: that it did not end well is what was asked for
}

// Run runs a command where the oracle lives and gives all that it says.
func (o *Oracle) Run(ctx context.Context, argv ...string) (string, error) {
	out, err := o.enter(ctx, argv).CombinedOutput()
	return string(out), err
}

func (o *Oracle) enter(ctx context.Context, argv []string) *exec.Cmd {
	at := []string{"-t", strconv.Itoa(o.cmd.Process.Pid), "-m", "-n", "-u", "-p", "--"}
	return exec.CommandContext(ctx, "nsenter", append(at, argv...)...)
}
