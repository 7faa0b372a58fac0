package sim

import (
	"fmt"
	"strings"
	"time"
)

// revert is a command line that acts at once, under a clock that goes back to what was
// archived when it was started.
type revert struct{ b *Box }

func (m *revert) exec(s *shell, line string) (string, bool) {
	b := m.b
	b.clockFault()
	w := strings.Fields(line)
	switch {
	case line == "show archive config rollback timer":
		return m.told(), true
	case line == "show archive config differences nvram:startup-config system:running-config":
		if d := diffs(b.startup, b.body()); d != "" {
			return "!Contextual Config Diffs:\n" + d, true
		}
		return "!Contextual Config Diffs:\n!No changes were found\n", true
	case line == "show clock":
		return b.cisco(), true
	case line == "show version":
		return "Cisco IOS XE Software, Version 17.09.04a\nAn " + Mark + "\n", true
	case line == "show bgp all summary":
		return table(b.links(), "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd\n", "4 64500 1 1 1 0 0 00:01:00"), true
	case line == "show ip interface brief":
		return ports(b.doors(), "Interface              IP-Address      OK? Method Status                Protocol\n", "YES manual up up", "YES manual administratively down down"), true
	case line == "show ip ospf neighbor", line == "show ipv6 ospf neighbor", line == "show isis neighbors":
		return b.neighbors(line), true
	case s.user != WriteUser:
		return "", false
	case line == "configure terminal", len(w) == 5 && strings.HasPrefix(line, "configure terminal revert timer "):
		if len(w) == 5 {
			wait, ok := minutes(w[4])
			switch {
			case !ok:
				return "% Invalid input detected at '^' marker.\n", true
			case b.window != nil:
				return "%Rollback Confirmed Change already in progress\n", true
			}
			b.openWindow(&window{user: s.user, base: b.body()}, wait)
		}
		s.config = true
		b.top(&s.at)
		return "Enter configuration commands, one per line.  End with CNTL/Z.\n", true
	case line == "configure confirm", line == "configure revert now":
		if b.window == nil {
			return "%No Rollback Confirmed Change pending\n", true
		}
		back := line == "configure revert now"
		b.closeWindow(back)
		if back {
			b.count.Undos++
			return "Rollback Confirmed Change: rolling back to the archived configuration\nTotal number of passes: 1\nRollback Done\n", true
		}
		b.count.Keeps++
		return "", true
	case line == "write memory":
		if b.faults.has("save-fails") != nil {
			return "Building configuration...\n%Error opening nvram:/startup-config (Device or resource busy)\n", true
		}
		b.startup = b.body()
		b.count.Saves++
		return "Building configuration...\n[OK]\n", true
	}
	return "", false
}

func (m *revert) told() string {
	w := m.b.window
	switch {
	case m.b.faults.has("untold") != nil:
		return "Rollback timer information is not available\n"
	case w == nil:
		return "%No Rollback Confirmed Change pending\n"
	}
	left := w.deadline.Sub(m.b.farm.opt.Clock.Now()).Round(time.Minute)
	return fmt.Sprintf("Time configured(or reconfigured): 22:50:48 UTC Mon Nov 23 2026\nTimer type: absolute timer\nTimer value: %d min\nUser: %s\n", int(left/time.Minute), w.user)
}

func (m *revert) config(s *shell, line string) (string, bool) {
	if line != "end" {
		return "", false
	}
	s.config = false
	m.b.top(&s.at)
	return "", true
}

func (m *revert) mode(s *shell) string { return m.b.mode(&s.at) }

func (m *revert) unknown(string) string {
	return "            ^\n% Invalid input detected at '^' marker.\n\n"
}

func (m *revert) whole(body string) string {
	return dressed([]string{"Building configuration...", "", fmt.Sprintf("Current configuration : %d bytes", len(body)), "!",
		"! Last configuration change at 10:00:00 UTC Sun Nov 22 2026 by root"}, body, "end")
}
