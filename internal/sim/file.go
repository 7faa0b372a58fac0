package sim

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"plumbline/internal/replay"
)

// file is the command line of a device that is one file: it shows, and changes nothing. The
// guard beside it has another file read.
type file struct{ b *Box }

func (m file) exec(_ *shell, line string) (string, bool) {
	const begins = "BIRD 2.0.12 ready.\nAccess restricted\n" // every answer of birdc -r
	switch line {
	case "show startup":
		return m.b.startup, true
	case "show status":
		return begins + "BIRD 2.0.12\nAn " + Mark + "; it forwards nothing\nDaemon is up and running\n", true
	case "show protocols all":
		return begins + m.b.protocols(), true
	case "show ospf neighbors":
		return begins + m.b.adjacencies(), true
	case "show interfaces":
		return begins + m.b.hosts(), true
	case "show route table all 0.0.0.0/0", "show route table all ::/0":
		return begins + "Network not found\n", true
	}
	return begins + "No such command. Press `?' for help.\n", strings.HasPrefix(line, "show ")
}

func (m file) config(*shell, string) (string, bool) { return "", false }

func (m file) mode(*shell) string { return "" }

func (m file) whole(body string) string { return body }

func (m file) unknown(string) string { return "syntax error: only show is answered\n" }

var (
	blockLine = regexp.MustCompile(`^protocol (bgp|ospf) (?:v[23] )?'?([^' ]+)'?`)
	portLine  = regexp.MustCompile(`(?m)^\s+interface "([^"*]+)"`)
	peerLine  = regexp.MustCompile(`^    neighbor ([0-9a-fA-F.:]+)`)
)

// protocols tells the sessions as BIRD does: one is up where its far end answers.
func (b *Box) protocols() string {
	var out strings.Builder
	row := func(name, kind, state, info string) {
		fmt.Fprintf(&out, "%-10s %-10s %-10s %-6s %-13s %s\n", name, kind, "---", state, "10:05:12.000", info)
	}
	row("Name", "Proto", "State", "Info")
	up := map[string]link{}
	for _, l := range b.links() {
		up[l.peer] = l
	}
	name, peer, down := "", "", false
	for line := range strings.Lines(string(b.state.Text())) {
		line = strings.TrimRight(line, "\n")
		if m := blockLine.FindStringSubmatch(line); m != nil && m[1] == "bgp" {
			name, peer, down = m[2], "", false
		}
		if m := peerLine.FindStringSubmatch(line); m != nil {
			peer = m[1]
		}
		down = down || line == "    disabled;" || line == "    disabled on;"
		switch {
		case line != "}" || name == "":
			continue
		case up[peer].up && !down:
			row(name, "BGP", "up", "Established")
			fmt.Fprintf(&out, "  BGP state:          Established\n  Channel %s\n    State:          UP\n    Routes:         %d imported, %d exported, %d preferred\n",
				either(strings.Contains(peer, ":"), "ipv6", "ipv4"), up[peer].got, up[peer].sent, up[peer].got)
		default:
			row(name, "BGP", "start", "Active        Socket: Connection refused")
		}
		name = ""
	}
	return out.String()
}

// adjacencies tells the neighbours of each protocol, by the addresses of the host.
func (b *Box) adjacencies() string {
	var out strings.Builder
	for line := range strings.Lines(string(b.state.Text())) {
		if m := blockLine.FindStringSubmatch(line); m != nil && m[1] == "ospf" {
			fmt.Fprintf(&out, "%s:\nRouter ID   \tPri\t     State     \tDTime\tInterface  Router IP\n", m[2])
			proto, addr := "ospf", "192.0.2.0"
			if strings.HasPrefix(line, "protocol ospf v3") {
				proto, addr = "ospf6", "fe80::1"
			}
			for _, a := range b.near(proto) {
				fmt.Fprintf(&out, "%-12s\t  1\tFull/PtP  \t 33.123\t%-10s %s\n", a.id, a.port, addr)
			}
		}
	}
	if out.Len() == 0 {
		return "There is no OSPF protocol running\n"
	}
	return out.String()
}

// hosts tells the interfaces of the host that the file names, and its loopback: all are up.
func (b *Box) hosts() string {
	names := []string{"lo"}
	for _, m := range portLine.FindAllStringSubmatch(string(b.state.Text()), -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	var out strings.Builder
	for i, name := range slices.Compact(names) {
		fmt.Fprintf(&out, "%s up (index=%d)\n\tMultiAccess Broadcast Multicast AdminUp LinkUp MTU=1500\n", name, i+1)
	}
	return out.String()
}

// edited is somebody who edits the file that the device starts with, and has it read.
func (b *Box) edited(lines []string) error {
	d := replay.New(b.is.Dialect, []byte(b.startup))
	for _, l := range lines {
		b.log.add("console", ">", l)
		if err := d.Do(l); err != nil {
			return fmt.Errorf("%s refuses %q: %w", b.is.Name, l, err)
		}
	}
	b.load(string(d.Text()))
	b.startup = b.body()
	return nil
}

// takes is a file that comes for the trial tx: it is checked, and read.
func (b *Box) takes(tx, sum, text string) (string, bool) {
	t := &b.trial
	switch {
	case t.tx == "" || t.tx != tx:
		return "none", false
	case !b.is.Dialect.AsFile() || t.sent:
		return "input load " + tx, false
	case len(text) > 4<<20:
		return "input a file of more than 4 MiB", false
	}
	if t.sent = true; b.sum(text) != sum {
		return "failed the file did not come whole", false
	}
	if why := b.refuses(text); why != "" {
		b.count.Rejected++
		return "check " + why, false
	}
	if b.faults.takes("accept-silently", in(text)) != nil {
		return "loaded " + tx + "\n", true
	}
	b.count.Mutating += apart(b.file, text)
	b.took = append(b.took, text)
	b.load(text)
	t.target = text
	return "loaded " + tx + "\n", true
}

// refuses gives why the device does not take a file. It takes strange lines that it holds
// already: whoever wrote them knows what they are.
func (b *Box) refuses(text string) string {
	if f := b.faults.takes("reject", in(text)); f != nil {
		return "syntax error, unexpected " + f.Text + f.Says
	}
	if !closed(text) {
		return "syntax error, unexpected end of file"
	}
	d, known := replay.New(b.is.Dialect, []byte(text)), b.state.Strange()
	for _, line := range d.Strange() {
		if !slices.Contains(known, line) {
			return "syntax error, unexpected CF_SYM_UNDEFINED: " + line
		}
	}
	for _, name := range d.Loose() {
		return "no such name: " + name
	}
	return ""
}

// aside is what braces do not count in: texts and names between quotes, and remarks.
var aside = regexp.MustCompile(`(?s)"[^"\n]*"|'[^'\n]*'|#[^\n]*|/\*.*?\*/`)

// closed tells whether each block of a file has its end.
func closed(text string) bool {
	text = aside.ReplaceAllString(text, "")
	return strings.Count(text, "{") == strings.Count(text, "}")
}

// apart counts the lines that only one of two files has.
func apart(a, b string) (n int) {
	count := map[string]int{}
	for line := range strings.Lines(a) {
		count[line]++
	}
	for line := range strings.Lines(b) {
		count[line]--
	}
	for _, c := range count {
		n += max(c, -c)
	}
	return n
}

// fileFaults refuses bad habits of devices that are typed at, line by line.
func fileFaults(fs []Fault) error {
	for _, f := range fs {
		if slices.Contains([]string{"mode-drift", "rename", "asks", "defaults"}, f.Kind) {
			return fmt.Errorf("the fault %q is one of devices that take lines: one that is a file does not have it", f.Kind)
		}
	}
	return nil
}

// asked answers a request to the guard, where nothing else is ever written to: the habits of
// lines are those of requests, and of the lines of the file that comes with one.
func (b *Box) asked(conn *ssh.ServerConn, ch ssh.Channel, request, in string) {
	if b.faultAt("hang", 1) != nil {
		_ = conn.Wait()
		return
	}
	cut := b.cut()
	if cut == "before" || b.breaks(request, in) {
		conn.Close()
		return
	}
	out, status := b.guard(request, in)
	if f := b.fault("drop-byte"); f != nil && len(out) > f.N {
		_, _ = io.WriteString(ch, out[:f.N])
		cut = "after"
	}
	if cut != "" {
		conn.Close()
		return
	}
	for _, piece := range b.pieces(out) {
		if _, err := io.WriteString(ch, piece.text); err != nil {
			return
		}
		time.Sleep(piece.wait)
	}
	end(ch, status)
}

// breaks tells whether the device hangs up, or starts anew, among the lines of a file.
func (b *Box) breaks(request, in string) bool {
	if !strings.HasPrefix(request, "load ") {
		return false
	}
	b.mu.Lock()
	defer b.unlock()
	reached := func(f *Fault) bool { return f.N <= strings.Count(in, "\n") }
	if f := b.faults.takes("reboot", reached); f != nil {
		b.restart(f.For)
		return true
	}
	return b.faults.takes("drop", reached) != nil
}
