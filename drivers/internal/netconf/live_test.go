package netconf

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"plumbline/drivers"
	"plumbline/drivers/internal/wire"
	"plumbline/internal/lab"
)

// module is what the server holds: one leaf, behind which no part of the machine stands.
const module = `module plumbline-lab {
  namespace "urn:plumbline:lab";
  prefix pl;
  revision 2026-01-01;
  container box { leaf name { type string { length "1..20"; } } }
}
`

// yuma is netconfd behind OpenSSH: a server of NETCONF that is not ours.
type yuma struct {
	target drivers.Target
	logins drivers.Logins
	server *os.Process
}

func newYuma(t *testing.T, args ...string) yuma {
	t.Helper()
	lab.Need(t, "time")
	lab.Need(t, "root", "ssh", "netconfd")
	dir, err := os.MkdirTemp("", "plumbline-netconfd")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	file := func(name string) string { return filepath.Join(dir, name) }
	host, user := newKey(t), newKey(t)
	at := lab.Port(t)
	must(t, errors.Join(os.Chmod(dir, 0o755), os.MkdirAll("/run/sshd", 0o755)))
	for name, text := range map[string]string{
		"plumbline-lab.yang": module, "host": string(host.pem), "keys": user.public,
		"sshd.conf": fmt.Sprintf("Port %d\nListenAddress %s\nHostKey %s\nPidFile none\nAuthorizedKeysFile %s\nStrictModes no\nUsePAM no\nPermitRootLogin prohibit-password\nPasswordAuthentication no\nSubsystem netconf \"/usr/sbin/netconf-subsystem --ncxserver-sockname=%d@%s\"\n",
			at.Port(), at.Addr(), file("host"), file("keys"), at.Port(), file("ncx.sock")),
	} {
		must(t, os.WriteFile(file(name), []byte(text), 0o600))
	}
	server := daemon(t, "/usr/sbin/netconfd", append(args, "--no-startup", "--superuser=root", "--target=candidate", "--with-validate=true", "--access-control=off",
		fmt.Sprintf("--port=%d", at.Port()), "--ncxserver-sockname="+file("ncx.sock"), "--modpath="+dir+":/usr/share/yuma/modules", "--module=plumbline-lab", "--log="+file("netconfd.log"))...)
	daemon(t, "/usr/sbin/sshd", "-D", "-f", file("sshd.conf"), "-E", file("sshd.log"))
	for range 1200 {
		_, err = os.Stat(file("ncx.sock"))
		if c, dial := net.Dial("tcp", at.String()); dial == nil {
			if c.Close(); err == nil {
				break
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return yuma{drivers.Target{Name: "r1", Address: netip.AddrPortFrom(at.Addr(), at.Port()), Pins: []string{host.public}, Secret: "write"},
		func(context.Context, string) (drivers.Login, error) {
			return drivers.Login{User: "root", PrivateKey: user.pem}, nil
		}, server}
}

func daemon(t *testing.T, name string, args ...string) *os.Process {
	t.Helper()
	c := exec.Command(name, args...)
	must(t, c.Start())
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	return c.Process
}

type pair struct {
	pem    []byte
	public string
}

func newKey(t *testing.T) pair {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	s, err := ssh.NewSignerFromKey(private)
	must(t, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	must(t, err)
	return pair{pem.EncodeToMemory(block), strings.TrimSpace(string(ssh.MarshalAuthorizedKey(s.PublicKey())))}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const (
	running   = `<get-config><source><running/></source><filter type="subtree"><box xmlns="urn:plumbline:lab"/></filter></get-config>`
	lock      = `<lock><target><candidate/></target></lock>`
	unlock    = `<unlock><target><candidate/></target></unlock>`
	edit      = `<edit-config><target><candidate/></target><config><box xmlns="urn:plumbline:lab"><name>a &lt; b &amp; ]]&gt;]]&gt; %s</name></box></config></edit-config>`
	confirmed = `<commit><confirmed/><confirm-timeout>%d</confirm-timeout><persist>plb-live</persist></commit>`
	keep      = `<commit><persist-id>plb-live</persist-id></commit>`
	cancel    = `<cancel-commit><persist-id>plb-live</persist-id></cancel-commit>`
	discard   = `<discard-changes/>`
)

// talk is one session with it.
func (y yuma) talk(t *testing.T, more ...string) *Session {
	t.Helper()
	s, err := Open(t.Context(), y.target, y.logins, wire.Limits{Timeout: 30 * time.Second}, append(more, running, lock, unlock, keep, cancel, discard)...)
	must(t, err)
	t.Cleanup(s.Close)
	return s
}

// says holds that an answer fits a pattern, as the words of a platform do.
func says(t *testing.T, s *Session, request, want string) {
	t.Helper()
	a, err := s.Ask(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(want).MatchString(a.Form()) {
		t.Errorf("%s: %s, want %s", request, a.Form(), want)
	}
}

// The session of this room is one that a server takes which is not ours: its hello, its frames and
// numbers, what stands in a request, refusals, locks that end with the session; and its confirmed
// commit does what the writer counts on: kept by its mark, taken back by its mark or by its clock.
func TestRealServer(t *testing.T) {
	y := newYuma(t)
	first, second := fmt.Sprintf(edit, "1"), fmt.Sprintf(edit, "2")
	long, short := fmt.Sprintf(confirmed, 60), fmt.Sprintf(confirmed, 2)
	s := y.talk(t, first, second, long, short)
	if s.Version() != "1.1" || !s.Can("candidate") || !s.Can("confirmed-commit") || s.Can("candid") || s.Can("writable-running") {
		t.Fatalf("%s %q", s.Version(), s.Capabilities)
	}
	says(t, s, running, `\A<data/>\z`)
	says(t, s, lock, `\A<ok/>\z`)

	other := y.talk(t)
	var no, told *Refusal
	if _, err := other.Ask(t.Context(), lock); !errors.As(err, &no) || !strings.HasPrefix(no.Text, "lock-denied ") {
		t.Errorf("a second lock: %v", err)
	}
	if _, err := other.Ask(t.Context(), "<kill-session/>"); !errors.Is(err, drivers.ErrForbidden) || errors.As(err, &told) {
		t.Errorf("what was not named: %v", err)
	}

	held := `<name>a < b & \]\]>\]\]> %s</name>`
	says(t, s, first, `\A<ok/>\z`)
	says(t, s, long, `\A<ok/>\z`)
	says(t, s, running, fmt.Sprintf(held, "1"))
	says(t, s, keep, `\A<ok/>\z`)
	says(t, s, second, `\A<ok/>\z`)
	says(t, s, long, `\A<ok/>\z`)
	says(t, s, running, fmt.Sprintf(held, "2"))
	says(t, s, cancel, `\A<ok/>\z`)
	says(t, s, running, fmt.Sprintf(held, "1"))
	says(t, s, discard, `\A<ok/>\z`)
	says(t, s, second, `\A<ok/>\z`)
	says(t, s, short, `\A<ok/>\z`)
	time.Sleep(4 * time.Second)
	says(t, s, running, fmt.Sprintf(held, "1"))
	s.End()
	says(t, other, lock, `\A<ok/>\z`)
}

// A server that is busy takes our hello and what we ask first in one piece, and looks at no more of
// that than the hello until more comes. It is asked once, and answers, in both framings.
func TestOnePiece(t *testing.T) {
	for version, args := range map[string][]string{"1.1": nil, "1.0": {"--protocols=netconf1.0"}} {
		y := newYuma(t, args...)
		for range 3 {
			c, err := wire.Dial(t.Context(), y.target, y.logins, wire.Exactly(hello, goodbye, running, lock), wire.Limits{Timeout: 20 * time.Second})
			must(t, err)
			s, err := begin(t.Context(), c, y.target)
			must(t, err)
			s.in = bufio.NewReaderSize(s.stream, 1<<16)
			for b := []byte(nil); err == nil && !bytes.HasSuffix(b, []byte(mark)); b, err = s.in.Peek(len(b) + 1) {
			}
			must(t, errors.Join(err, y.server.Signal(syscall.SIGSTOP))) // its hello is here: it waits for ours
			must(t, s.greet(t.Context()))
			time.AfterFunc(200*time.Millisecond, func() { _ = y.server.Signal(syscall.SIGCONT) })
			if s.Version() != version {
				t.Errorf("it speaks %s, want %s", s.Version(), version)
			}
			says(t, s, lock, `\A<ok/>\z`)
			says(t, s, running, `\A<data/>\z`)
			s.End()
		}
	}
}
