package sim

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
	"google.golang.org/grpc"

	"plumbline/internal/replay"
)

// Box is one running device.
type Box struct {
	farm    *Farm
	is      Device
	socket  net.Listener
	address netip.AddrPort
	pin     string
	speech  *grpc.Server // where it speaks gNMI, and no command line
	host    ssh.Signer
	other   ssh.Signer // a host key that nobody knows

	mu      sync.Mutex // guards all below
	state   *replay.Device
	file    string  // what it holds to the last byte, where that is one file
	at      *cursor // whose mode the state is in
	name    string  // what the device calls itself
	startup string  // body of the startup configuration
	faults  faults
	before  string  // what ran when its faults were set
	trial   trial   // under the guard
	window  *window // under the device's own clock
	manner  manner
	count   Counters
	log     transcript
	took    []string // what clients sent and changed something
	open    map[*ssh.ServerConn]bool
	bare    map[net.Conn]bool // before login; with gNMI, all
	down    time.Time         // refuses connections until then
	closed  bool
	glance  atomic.Value // *glance, for others that look without the lock
}

// unlock lets others see what the device holds now.
func (b *Box) unlock() {
	b.glance.Store(&glance{body: b.body(), d: b.is.Dialect, host: b.is.Host})
	b.mu.Unlock()
}

// Counters is what was done to a device.
type Counters struct {
	Dials         int // connections, before any login
	Sessions      int // logins
	WriteSessions int // logins of the write user
	Refused       int // logins that failed
	Tries         int // credentials that were shown to it
	Lines         int // lines that any session was asked
	Mutating      int // configuration lines that were taken
	Rejected      int // configuration lines that were refused
	Arms          int
	Keeps         int
	Undos         int // by a client
	Fires         int // by the timer, or by a restart
	Saves         int
}

func newBox(f *Farm, d Device) (*Box, error) {
	fs, err := newFaults(d.Faults)
	if err == nil && d.Dialect.AsFile() {
		err = fileFaults(d.Faults)
	}
	if err != nil {
		return nil, err
	}
	b := &Box{farm: f, is: d, name: d.Name, faults: fs, open: map[*ssh.ServerConn]bool{}, bare: map[net.Conn]bool{}}
	b.log.clock = f.opt.Clock
	if b.host, err = hostKey(fs.has("sha1") != nil); err != nil {
		return nil, err
	}
	b.pin = strings.TrimSpace(string(ssh.MarshalAuthorizedKey(b.host.PublicKey())))
	if b.other, err = newHostKey(); err != nil {
		return nil, err
	}
	b.manner = mannerOf(b)
	b.load(string(d.Running))
	b.glance.Store(&glance{body: b.body(), d: b.is.Dialect, host: b.is.Host})
	b.startup, b.before = b.body(), b.body()
	if len(d.Startup) > 0 && d.Dialect.AsFile() {
		b.startup = string(d.Startup)
	} else if len(d.Startup) > 0 {
		b.startup = string(replay.New(d.Dialect, d.Startup).Text())
	}
	return b, nil
}

// load makes text what the device holds.
func (b *Box) load(text string) {
	b.state, b.file, b.at = replay.New(b.is.Dialect, []byte(text)), text, nil
}

func (b *Box) body() string {
	if b.is.Dialect.AsFile() {
		return b.file
	}
	return string(b.state.Text())
}

// whole is a configuration as the device shows it, head and end marker included. A tree of
// paths has neither.
func (b *Box) whole(body string) string {
	if b.speech != nil {
		return body
	}
	return b.manner.whole(body)
}

// Running is the running configuration as the device shows it.
func (b *Box) Running() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return []byte(b.whole(b.body()))
}

// Startup is the startup configuration as the device shows it.
func (b *Box) Startup() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return []byte(b.whole(b.startup))
}

// Counters gives what was done to the device so far.
func (b *Box) Counters() Counters {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.count
}

// Transcript gives what was said, line by line, with the times of the farm's clock.
func (b *Box) Transcript() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.text.String()
}

// SetFaults gives the device other bad habits from now on. Those of the connection itself
// (host key, key exchange) stay as they were at the start.
func (b *Box) SetFaults(fs ...Fault) error {
	list, err := newFaults(fs)
	if err == nil && b.is.Dialect.AsFile() {
		err = fileFaults(fs)
	}
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults, b.before = list, b.body()
	return nil
}

// Type is somebody who types configuration lines on the device itself, from its top
// configuration mode; or who edits its file and has it read, where it is one. A line that the
// device refuses ends it.
func (b *Box) Type(lines ...string) error {
	b.mu.Lock()
	defer b.unlock()
	if b.is.Dialect.AsFile() {
		return b.edited(lines)
	}
	c := &cursor{}
	for _, l := range lines {
		b.log.add("console", ">", l)
		if err := b.do(c, l); err != nil {
			return fmt.Errorf("%s refuses %q: %w", b.is.Name, l, err)
		}
	}
	return nil
}

// Save is somebody who saves on the device itself.
func (b *Box) Save() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.startup = b.body()
}

// Reboot is a power cut: what was not saved is lost, all sessions end, and a pending trial
// counts as undone.
func (b *Box) Reboot() { b.reboot(0) }

func (b *Box) reboot(down time.Duration) {
	b.mu.Lock()
	defer b.unlock()
	b.restart(down)
}

func (b *Box) restart(down time.Duration) {
	b.log.add("device", "*", "restart")
	b.load(b.startup)
	if b.window != nil {
		b.closeWindow(false)
		b.count.Fires++
	}
	if b.trial.tx != "" { // the guard looks for it after the restart
		b.back("undone")
		b.count.Fires++
	}
	if down > 0 {
		b.down = time.Now().Add(down)
	}
	b.hangUp()
}

// HangUp is a way to the device that loses every connection; it returns when their sessions are
// over.
func (b *Box) HangUp() {
	b.mu.Lock()
	b.hangUp()
	b.mu.Unlock()
	for over := false; !over; time.Sleep(time.Millisecond) {
		b.mu.Lock()
		over = len(b.open)+len(b.bare) == 0
		b.mu.Unlock()
	}
}

func (b *Box) hangUp() {
	for c := range b.open {
		c.Close()
	}
	for c := range b.bare {
		c.Close()
	}
}

func (b *Box) stop() {
	if b.socket != nil {
		b.socket.Close()
	}
	if b.speech != nil {
		b.speech.Stop()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	if b.trial.stop != nil {
		b.trial.stop()
	}
	if b.window != nil {
		b.window.stop()
	}
	b.hangUp()
}

// transcript is what was said, up to a bound.
type transcript struct {
	clock Clock
	text  strings.Builder
}

const longestTranscript = 1 << 20

func (t *transcript) add(who, way, what string) {
	if t.text.Len() > longestTranscript {
		return
	}
	now := t.clock.Now().UTC().Format("15:04:05.000")
	for l := range strings.Lines(what) {
		fmt.Fprintf(&t.text, "%s %s %s %s\n", now, who, way, strings.TrimRight(l, "\r\n"))
	}
}
