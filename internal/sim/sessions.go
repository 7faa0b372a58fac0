package sim

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"plumbline/internal/replay"
)

// sessions is a command line whose changes are staged in named sessions, and committed with
// a timer. A session that nobody ends stays.
type sessions struct {
	b     *Box
	named map[string]*session
	order []string
}

type session struct {
	cand  *replay.Device
	state string // pending, committed, aborted
	done  float64
}

const mostSessions = 5

func (m *sessions) exec(s *shell, line string) (string, bool) {
	b := m.b
	b.clockFault()
	w := strings.Fields(line)
	switch {
	case line == "show configuration sessions detail | json":
		return m.told(), true
	case line == "show running-config diffs":
		return diffs(b.startup, b.body()), true
	case line == "show clock":
		return b.farm.opt.Clock.Now().UTC().Format("Mon Jan _2 15:04:05 2006") + "\nTimezone: UTC\nClock source: local\n", true
	case line == "show version | json":
		free := (100 - b.used("memory", usedMemory)) * 100000
		return `{"modelName": "vEOS", "version": "4.32.2F", "imageFormat": "` + Mark + `", "memTotal": 10000000, "memFree": ` + strconv.Itoa(free) + "}\n", true
	case line == "show bgp summary vrf all | json":
		return m.bgp(), true
	case line == "show interfaces description | json":
		list := map[string]any{}
		for _, d := range b.doors() {
			list[d.name] = map[string]any{"interfaceStatus": either(d.up, "up", "adminDown"), "lineProtocolStatus": either(d.up, "up", "down"), "description": ""}
		}
		return said(map[string]any{"interfaceDescriptions": list}), true
	case line == "show ip ospf neighbor | json", line == "show ospfv3 neighbor | json", line == "show isis neighbors | json":
		return m.near(line), true
	case s.user != WriteUser:
		return "", false
	case line == "write memory":
		if b.faults.has("save-fails") != nil {
			return "% Error copying system:/running-config to flash:/startup-config (No space left on device)\n", true
		}
		b.startup = b.body()
		b.count.Saves++
		return "Copy completed successfully.\n", true
	case len(w) == 3 && w[0] == "configure" && w[1] == "session":
		return m.enter(s, w[2]), true
	case len(w) == 4 && w[0] == "configure" && w[1] == "session" && w[3] == "commit":
		return m.confirm(w[2]), true
	case len(w) == 4 && w[0] == "configure" && w[1] == "session" && w[3] == "abort":
		return m.abort(w[2]), true
	}
	return "", false
}

func (m *sessions) enter(s *shell, name string) string {
	open := 0
	for _, x := range m.named {
		if x.state == "pending" {
			open++
		}
	}
	x := m.named[name]
	switch {
	case x != nil && x.state != "pending":
		return "% Session " + name + " is already completed\n"
	case x == nil && open >= mostSessions:
		return "Maximum number of pending sessions has been reached. Please commit or abort previous sessions before creating a new one.\n"
	case x == nil:
		x = &session{cand: m.b.fresh(), state: "pending"}
		m.named[name], m.order = x, append(m.order, name)
	}
	s.config, s.cand, s.name = true, x.cand, name
	s.cand.Top()
	return ""
}

func (m *sessions) confirm(name string) string {
	b := m.b
	if b.window == nil || b.window.tag != name {
		return "% Cannot commit session " + name + "\n"
	}
	b.closeWindow(false)
	b.count.Keeps++
	return ""
}

func (m *sessions) abort(name string) string {
	b, x := m.b, m.named[name]
	switch {
	case b.window != nil && b.window.tag == name:
		b.closeWindow(true)
		b.count.Undos++
		x.state = "aborted"
	case x == nil:
		return "% Session " + name + " does not exist\n"
	case x.state == "pending":
		delete(m.named, name)
	}
	return ""
}

func (m *sessions) config(s *shell, line string) (string, bool) {
	b := m.b
	w := strings.Fields(line)
	switch {
	case line == "abort":
		s.config, s.cand = false, nil
		m.abort(s.name)
	case line == "end":
		s.config, s.cand = false, nil
	case line == "commit" || len(w) == 3 && w[0] == "commit" && w[1] == "timer":
		b.clockFault()
		if b.window != nil {
			return "% Cannot commit session: commit timer of session " + b.window.tag + " is running\n", true
		}
		base := b.body()
		if len(w) == 3 {
			wait, ok := clockTime(w[2])
			if !ok {
				return "% Invalid input\n", true
			}
			b.openWindow(&window{tag: s.name, user: s.user, base: base}, wait)
		}
		b.commit(s)
		x := m.named[s.name]
		x.state, x.done = "committed", float64(b.farm.opt.Clock.Now().Unix())
		s.config, s.cand = false, nil
	default:
		return "", false
	}
	return "", true
}

// left are the sessions that nobody ended.
func (m *sessions) left() (out []string) {
	for name, x := range m.named {
		if x.state == "pending" {
			out = append(out, "session "+name)
		}
	}
	return out
}

func (m *sessions) bgp() string {
	peers := map[string]any{}
	for _, l := range m.b.links() {
		state := "Active"
		if l.up {
			state = "Established"
		}
		peers[l.peer] = map[string]any{"version": 4, "peerState": state, "ipv4Unicast": map[string]any{"afiSafiState": "negotiated", "nlrisReceived": l.got, "nlrisAccepted": l.got}}
	}
	return said(map[string]any{"vrfs": map[string]any{"default": map[string]any{"peers": peers}}})
}

// clockTime reads 00:05:00.
func clockTime(text string) (time.Duration, bool) {
	var h, m, s int
	n, err := fmt.Sscanf(text, "%d:%d:%d", &h, &m, &s)
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
	return d, err == nil && n == 3 && d > 0
}

// told is what the device says of its sessions, in the words of 4.32.
func (m *sessions) told() string {
	if m.b.faults.has("untold") != nil {
		return `{"configSessions": []}` + "\n"
	}
	list := map[string]any{}
	for name, x := range m.named {
		list[name] = map[string]any{"state": x.state, "completedTime": x.done, "commitUser": WriteUser, "description": "", "instances": map[string]any{}}
	}
	out := map[string]any{"sessions": list, "maxSavedSessions": 1, "maxOpenSessions": mostSessions, "mergeOnCommit": false, "saveToStartupConfigOnCommit": false}
	if w := m.b.window; w != nil {
		out["commitTimerSessionName"], out["commitTimerExpireTime"] = w.tag, w.deadline.Unix()
	}
	text, err := json.MarshalIndent(out, "", "    ")
	if err != nil {
		return "{}\n"
	}
	return string(text) + "\n"
}

// mode shows as much of the session's name as the device does.
func (m *sessions) mode(s *shell) string {
	name := s.name[:min(6, len(s.name))]
	_, below, _ := strings.Cut(s.cand.Mode(), "-")
	if below != "" {
		below = "-" + below
	}
	return "config-s-" + name + below
}

func (m *sessions) unknown(string) string { return "% Invalid input\n" }

func (m *sessions) whole(body string) string {
	return dressed([]string{"! Command: show running-config", "! device: " + m.b.is.Name + " (vEOS, EOS-4.32.2F)"}, body, "end")
}

// diffs is the lines that one text has and the other has not.
func diffs(from, to string) string {
	var out strings.Builder
	for _, way := range []struct{ sign, in, not string }{{"-", from, to}, {"+", to, from}} {
		for line := range strings.Lines(way.in) {
			if !strings.Contains("\n"+way.not, "\n"+line) {
				out.WriteString(way.sign + line)
			}
		}
	}
	if out.Len() == 0 && from != to {
		return "the order of lines\n"
	}
	return out.String()
}
