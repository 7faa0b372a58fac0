package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	frrDir  = "/usr/lib/frr/"
	patient = 10 * time.Second
)

// processes lists what runs on a router, in the order of starting.
func processes() []string {
	return []string{"zebra", "staticd", "bgpd", "ospfd", "ospf6d", "isisd", "bfdd", "ldpd"}
}

// prepare makes keys, and users that exist nowhere but in the eyes of the lab's servers:
// ro and rw, members of the groups that vtysh and saving need.
func (l *Lab) prepare(ctx context.Context) error {
	err := errors.Join(
		os.Chmod(l.dir, 0o755),
		os.Mkdir(l.path("run"), 0o755),
		run(ctx, "chown", "frr:frr", l.path("run")), // the daemons drop root before they write there
		run(ctx, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", l.path("host")),
		run(ctx, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", l.path("user")),
		os.MkdirAll("/run/sshd", 0o755))
	if err != nil {
		return err
	}
	host, err1 := os.ReadFile(l.path("host.pub"))
	public, err2 := os.ReadFile(l.path("user.pub"))
	key, err3 := os.ReadFile(l.path("user"))
	passwd, err4 := os.ReadFile("/etc/passwd")
	group, err5 := os.ReadFile("/etc/group")
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return err
	}
	l.pin, l.key = strings.TrimSpace(string(host)), key
	var groups strings.Builder
	id := ""
	for line := range strings.Lines(string(group)) {
		line = strings.TrimSuffix(line, "\n")
		f := strings.Split(line, ":")
		if f[0] == "frrvty" {
			id = f[2]
		}
		if f[0] == "frrvty" || f[0] == "frr" {
			line += strings.TrimPrefix(",ro,rw", map[bool]string{true: ",", false: ""}[f[3] == ""])
		}
		groups.WriteString(line + "\n")
	}
	users := string(passwd) + fmt.Sprintf("ro:*:61000:%s::/:/bin/sh\nrw:*:61001:%s::/:/bin/sh\n", id, id)
	return errors.Join(
		os.WriteFile(l.path("keys"), public, 0o644),
		os.WriteFile(l.path("passwd"), []byte(users), 0o644),
		os.WriteFile(l.path("group"), []byte(groups.String()), 0o644))
}

// daemons starts the processes of a router with an empty configuration.
func (l *Lab) daemons(ctx context.Context, r *router) error {
	etc, state := "/etc/frr/"+r.space, "/var/run/frr/"+r.space
	conf := "frr defaults traditional\nhostname " + r.name + "\n!\n"
	err := errors.Join(
		os.MkdirAll(etc, 0o770), os.MkdirAll(state, 0o755), run(ctx, "chown", "frr:frr", state),
		os.WriteFile(etc+"/frr.conf", []byte(conf), 0o660),
		os.WriteFile(etc+"/vtysh.conf", []byte("service integrated-vtysh-config\n"), 0o660),
		run(ctx, "chown", "-R", "frr:frrvty", etc), run(ctx, "chmod", "770", etc),
		run(ctx, "chmod", "660", etc+"/frr.conf", etc+"/vtysh.conf"))
	if err != nil {
		return err
	}
	for _, d := range processes() {
		pid := l.path("run/" + r.name + "-" + d + ".pid")
		r.pids = append(r.pids, pid)
		// The name of the router is a name of its own host name space: prompts show it.
		start := fmt.Sprintf("hostname %s; exec %s%s -d -N %s -A 127.0.0.1 -i %s", r.name, frrDir, d, r.space, pid)
		if d == "bgpd" && len(l.modules) > 0 {
			start += " -M " + strings.Join(l.modules, " -M ")
		}
		if err := run(ctx, "ip", "netns", "exec", r.space, "unshare", "-u", "sh", "-c", start+" </dev/null >/dev/null 2>&1"); err != nil {
			return err
		}
	}
	return run(ctx, "unshare", "-u", "sh", "-c", "hostname "+r.name+"; exec vtysh -N "+r.space+" -b </dev/null")
}

// listen puts an OpenSSH server before a router: who reads gets vtysh and nothing else,
// who writes the one command that the topology says.
func (l *Lab) listen(ctx context.Context, r *router, top Topology) (err error) {
	if r.port, err = freePort(); err != nil {
		return err
	}
	dir := l.path("guard-" + r.name)
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Chown(dir, 61001, -1)); err != nil {
		return err
	}
	reads := "/usr/bin/vtysh -N " + r.space
	forced := reads
	switch {
	case r.bird:
		if err := run(ctx, "sh", "-c", "chgrp frrvty "+dir+" && chmod 2750 "+dir); err != nil { // who reads may look
			return err
		}
		reads, forced = top.Bird("read", dir, l.BirdFile(r.name), l.path(r.name+".ctl")), top.Bird("write", dir, l.BirdFile(r.name), l.path(r.name+".ctl"))
	case top.Write != nil:
		forced = top.Write(r.space, dir)
	}
	conf := fmt.Sprintf(`Port %d
ListenAddress 127.0.0.1
HostKey %s
PidFile none
AuthorizedKeysFile %s
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
AllowUsers ro rw
PrintMotd no
PrintLastLog no
X11Forwarding no
AllowTcpForwarding no
MaxStartups 200:30:400
Match User ro
 ForceCommand %s
Match User rw
 ForceCommand %s
`, r.port, l.path("host"), l.path("keys"), reads, forced)
	file := l.path(r.name + ".sshd")
	if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
		return err
	}
	script := fmt.Sprintf("mount --bind %s /etc/passwd && mount --bind %s /etc/group && hostname %s && exec /usr/sbin/sshd -D -f %s -E %s",
		l.path("passwd"), l.path("group"), r.name, file, l.path(r.name+".log"))
	r.sshd = exec.Command("unshare", "-m", "-u", "sh", "-c", script)
	return r.sshd.Start()
}

// answering waits until somebody listens at a port.
func answering(ctx context.Context, port uint16) error {
	ctx, stop := context.WithTimeout(ctx, patient)
	defer stop()
	for {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(int(port)))
		if err == nil {
			return c.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("its OpenSSH server does not answer at port %d", port)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop ends one process of a router, so that it is as if nobody had started it.
func (l *Lab) Stop(name, process string) error {
	text, err := os.ReadFile(l.path("run/" + name + "-" + process + ".pid"))
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return err
	}
	return syscall.Kill(pid, syscall.SIGTERM)
}

// Down stops all that Up started and nothing else: by process id, and what bears the
// lab's own prefix.
func (l *Lab) Down() error {
	var errs []error
	for _, r := range l.routers {
		for _, file := range r.pids {
			text, err := os.ReadFile(file)
			if err != nil {
				continue // never came up
			}
			if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
				if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
					errs = append(errs, err)
				}
			}
		}
		if r.sshd != nil && r.sshd.Process != nil {
			errs = append(errs, r.sshd.Process.Kill())
			r.sshd.Wait() // killed: that it did not end well is what was asked for
		}
		errs = append(errs, os.RemoveAll("/etc/frr/"+r.space), os.RemoveAll("/var/run/frr/"+r.space))
	}
	for _, s := range l.spaces {
		errs = append(errs, run(context.Background(), "ip", "netns", "del", s))
	}
	return errors.Join(append(errs, os.RemoveAll(l.dir))...)
}
