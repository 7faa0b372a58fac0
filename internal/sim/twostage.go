package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// twoStage is a command line whose sessions stage changes of their own. The session that
// began a trial is the only one that can end it; the clock goes on without it.
type twoStage struct {
	b       *Box
	lock    *shell
	commits []entry
}

func (m *twoStage) exec(s *shell, line string) (string, bool) {
	b := m.b
	b.clockFault()
	stamp := ""
	if !s.bare {
		stamp = b.farm.opt.Clock.Now().UTC().Format("Mon Jan _2 15:04:05.000 MST") + "\n"
	}
	switch {
	case line == "terminal exec prompt no-timestamp":
		s.bare = true
		return "", true
	case line == "show configuration sessions detail":
		return stamp + m.told(), true
	case line == "show configuration commit list 5 detail":
		return stamp + m.list(), true
	case line == "show clock":
		return stamp + b.cisco(), true
	case line == "show version":
		return stamp + "Cisco IOS XR Software, Version 24.3.1 LNT\nAn " + Mark + "\n", true
	case line == "show bgp all all summary":
		return stamp + table(b.links(), "Neighbor        Spk    AS MsgRcvd MsgSent   TblVer  InQ OutQ  Up/Down  St/PfxRcd\n", "0 64500 1 1 1 0 0 00:01:00"), true
	case line == "show ip interface brief":
		return stamp + ports(b.doors(), "Interface                      IP-Address      Status          Protocol Vrf-Name\n", "Up Up default", "Shutdown Down default"), true
	case line == "show bgp vrf all summary": // sessions of tables are told with the others
		return stamp + "% None of the requested address families are configured for instance 'default'(36210)\n", true
	case line == "show ospf neighbor":
		return stamp + columns(b.near("ospf"), ospfHead, ospfRow), true
	case line == "show ospfv3 neighbor":
		return stamp + columns(b.near("ospf6"), ospf6Head, ospf6Row), true
	case line == "show isis neighbors":
		return stamp + columns(b.near("isis"), "\nIS-IS plumbline neighbors:\nSystem Id      Interface        SNPA           State Holdtime Type IETF-NSF\n", "%s  %s  *PtoP*  Up    23  L2   Capable\n"), true
	case line == "configure exclusive" && s.user == WriteUser:
		switch {
		case b.window != nil:
			return stamp + "Cannot enter exclusive mode. A trial commit is underway in another configuration session.\n", true
		case m.lock != nil && m.lock != s:
			return stamp + "Current Configuration Session  Line       User     Date                     Lock\n00001000-000043a7-00000000     vty0       " +
				m.lock.user + "     Sun Nov 22 23:11:08 2026 *\nCannot enter exclusive mode. The Configuration Namespace is locked by another agent.\n", true
		}
		m.lock, s.config, s.cand, s.staged = s, true, b.fresh(), 0
		return stamp, true
	}
	return "", false
}

func (m *twoStage) config(s *shell, line string) (string, bool) {
	b := m.b
	w := strings.Fields(line)
	own := b.window != nil && b.window.owner == s
	switch {
	case line == "abort", line == "end":
		s.config, s.cand, s.staged = false, nil, 0
		m.over(s)
		return "", true
	case w[0] != "commit":
		return "", false
	case b.window != nil && !own && s.staged > 0:
		return "% Cannot commit because there is an unexpired trial/rollback session '00001000-00005b40-00000000'.\n", true
	case s.staged == 0 && !own:
		return "No configuration changes to commit.\n", true
	case len(w) >= 3 && w[1] == "confirmed":
		wait, err := time.ParseDuration(w[2] + "s")
		if err != nil || wait < 30*time.Second || wait > 65535*time.Second {
			return "% Invalid input detected at '^' marker.\n", true
		}
		base := b.body()
		m.put(s, quoted(w, 3))
		b.openWindow(&window{tag: quoted(w, 3), user: s.user, base: base, owner: s}, wait)
		m.lock = nil // it is free while the trial lasts
		return "", true
	}
	out := ""
	if own {
		undone := string(s.cand.Text()) == b.window.base
		b.closeWindow(false)
		out = "% Confirming commit for trial session.\n"
		if undone {
			b.count.Undos++
		} else {
			b.count.Keeps++
		}
	}
	if s.staged > 0 {
		m.put(s, quoted(w, 1))
	}
	b.startup = b.body()
	return out, true
}

func (m *twoStage) put(s *shell, comment string) {
	m.b.commit(s)
	s.cand = m.b.fresh()
	m.commits = slices.Insert(m.commits, 0, entry{at: m.b.farm.opt.Clock.Now().UTC().Format(time.ANSIC), by: s.user, comment: comment})
}

// told is what the device says of its sessions; a trial is one of a client of its own.
func (m *twoStage) told() string {
	if m.b.faults.has("untold") != nil {
		return "  1) Agent: 00001000\n"
	}
	w := m.b.window
	if w == nil {
		return ""
	}
	return "  1) Session: 00001000-000035b1-00000000  Mon Sep 21 00:58:16 2026\n" +
		"     Line: vty0                           Lock: None\n" +
		"     User: " + w.user + "                           Client: commit-confirm\n" +
		"     Process: cfgmgr_trial_co              PID: 13745\n"
}

func (m *twoStage) list() string {
	if m.b.faults.has("untold") != nil {
		return "% No such configuration item(s)\n"
	}
	var out strings.Builder
	for i, e := range m.commits[:min(5, len(m.commits))] {
		fmt.Fprintf(&out, "   %d) CommitId: %d                 Label: NONE\n      UserId:   %s                 Line:  vty0\n      Client:   CLI                        Time:  %s\n      Comment:  %q\n", i+1, 1000000000+len(m.commits)-i, e.by, e.at, e.comment)
	}
	if out.Len() == 0 {
		return "No commits\n"
	}
	return out.String()
}

func (m *twoStage) over(s *shell) {
	if m.lock == s {
		m.lock = nil
	}
}

func (m *twoStage) mode(s *shell) string { return s.cand.Mode() }

func (m *twoStage) unknown(string) string {
	return "                         ^\n% Invalid input detected at '^' marker.\n"
}

func (m *twoStage) whole(body string) string {
	return dressed([]string{"!! Building configuration...", "!! IOS XR Configuration 24.3.1", "!! Last configuration change at Sun Nov 22 22:27:46 2026 by root"}, indented(body), "end")
}

// indented shows what stands between if and endif of a policy one step deeper, as the device
// does: it is asked line by line, and holds no blanks.
func indented(body string) string {
	var out strings.Builder
	depth := 0
	for line := range strings.Lines(body) {
		word := strings.TrimSpace(line)
		inner := depth
		switch {
		case strings.HasPrefix(line, "route-policy "):
			depth = 1
		case word == "end-policy":
			depth, inner = 0, 0
		case depth == 0:
			out.WriteString(line)
			continue
		case word == "endif":
			depth--
			inner = depth
		case word == "else" || strings.HasPrefix(word, "elseif "):
			inner = depth - 1
		case strings.HasPrefix(word, "if ") && strings.HasSuffix(word, " then"):
			depth++
		}
		out.WriteString(strings.Repeat(" ", inner) + word + "\n")
	}
	return out.String()
}
