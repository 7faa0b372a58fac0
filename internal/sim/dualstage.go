package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// dualStage is a command line whose sessions stage changes, and commit them for good or for a
// while. It does not tell whose trial runs: a checkpoint that was made before is its mark.
type dualStage struct {
	b      *Box
	points map[string]string // what ran when each was made
	commit int
}

const mostPoints = 10

func (m *dualStage) exec(s *shell, line string) (string, bool) {
	b := m.b
	b.clockFault()
	if out, known := m.show(line); known || s.user != WriteUser {
		return out, known
	}
	w := strings.Fields(line)
	switch {
	case len(w) == 2 && w[0] == "checkpoint":
		if _, there := m.points[w[1]]; there || len(m.points) >= mostPoints {
			return "ERROR: Checkpoint " + w[1] + " cannot be created\n", true
		}
		m.points[w[1]] = b.body()
		return "Done\n", true
	case len(w) == 3 && w[0] == "no" && w[1] == "checkpoint":
		if was, there := m.points[w[2]]; there && was != b.body() && b.window == nil {
			b.count.Keeps++ // it was a trial until then, for all who ask
		}
		delete(m.points, w[2])
		return "Done\n", true
	case len(w) == 5 && strings.HasPrefix(line, "rollback running-config checkpoint ") && w[4] == "atomic":
		was, there := m.points[w[3]]
		if !there {
			return "ERROR: Checkpoint " + w[3] + " does not exist\n", true
		}
		b.count.Undos++
		b.load(was)
		return "Collecting Running-Config\nGenerating Rollback patch for switch profile\nRollback completed successfully.\n", true
	case line == "copy running-config startup-config":
		if b.faults.has("save-fails") != nil {
			return "ERROR: Copy failed: no space left on device\n", true
		}
		b.startup = b.body()
		b.count.Saves++
		return "[########################################] 100%\nCopy complete, now saving to disk (please wait)...\nCopy complete.\n", true
	case line == "configure dual-stage":
		if b.window != nil && b.window.user != s.user {
			return "ERROR: a commit of " + b.window.user + " waits to be confirmed\n", true
		}
		s.config, s.cand, s.staged = true, b.fresh(), 0
		return "Enter configuration commands, one per line. End with CNTL/Z.\n", true
	}
	return "", false
}

// show answers what anybody may ask.
func (m *dualStage) show(line string) (string, bool) {
	b := m.b
	w := strings.Fields(line)
	switch {
	case line == "show clock":
		return b.cisco(), true
	case line == "show version | json":
		return `{"header_str": "Cisco Nexus Operating System (NX-OS) Software, ` + Mark + `", "nxos_ver_str": "10.3(5)"}` + "\n", true
	case line == "show running-config diff":
		return diffs(b.startup, b.body()), true
	case strings.HasPrefix(line, "show diff rollback-patch checkpoint ") && len(w) == 6 && w[5] == "running-config":
		return m.patch(w[4]), true
	case line == "show bgp all summary vrf all | json":
		return m.of("bgp", m.bgp)
	case line == "show interface status | json":
		list := []any{}
		for _, d := range b.doors() {
			list = append(list, map[string]any{"interface": d.name, "state": either(d.up, "connected", "notconnect")})
		}
		return said(map[string]any{"TABLE_interface": map[string]any{"ROW_interface": list}}), true
	case line == "show ip ospf neighbors vrf all | json":
		return m.of("ospf", func() string { return m.near("ospf") })
	case line == "show ipv6 ospfv3 neighbors vrf all":
		return m.of("ospfv3", func() string { return m.near("ospf6") })
	case line == "show isis adjacency vrf all | json":
		return m.of("isis", func() string { return m.near("isis") })
	case line == "show feature":
		var out strings.Builder
		out.WriteString("Feature Name          Instance  State   \n--------------------  --------  --------\n")
		for _, name := range []string{"bgp", "isis", "ospf", "ospfv3"} {
			fmt.Fprintf(&out, "%-22s%-10d%s\n", name, 1, either(m.has("feature "+name), "enabled ", "disabled"))
		}
		return out.String(), true
	}
	return "", false
}

// of answers a question that is a command only where a feature is on.
func (m *dualStage) of(feature string, tell func() string) (string, bool) {
	switch {
	case !m.has("feature " + feature):
		return "", false
	case !m.has("router " + feature):
		return "Note:  process currently not running\n", true
	}
	return tell(), true
}

// has tells whether a line that begins so stands at the top of what runs.
func (m *dualStage) has(words string) bool {
	return slices.ContainsFunc(m.b.state.Paths(), func(at []string) bool {
		return len(at) == 1 && (at[0] == words || strings.HasPrefix(at[0], words+" "))
	})
}

// patch is how the device tells what would lead back to a checkpoint.
func (m *dualStage) patch(name string) string {
	was, there := m.points[name]
	switch {
	case m.b.faults.has("untold") != nil:
		return "Collecting Running-Config\n"
	case !there:
		return "ERROR: Checkpoint " + name + " does not exist\n"
	case was == m.b.body():
		return "Collecting Running-Config\n#Generating Rollback Patch\nRollback Patch is Empty\n"
	}
	return "Collecting Running-Config\n#Generating Rollback Patch\n!!\n" + diffs(m.b.body(), was)
}

func (m *dualStage) config(s *shell, line string) (string, bool) {
	b := m.b
	w := strings.Fields(line)
	switch {
	case line == "abort", line == "end":
		s.config, s.cand, s.staged = false, nil, 0
		return "", true
	case w[0] != "commit":
		return "", false
	case len(w) == 3 && w[1] == "confirmed":
		wait, err := time.ParseDuration(w[2] + "s")
		if err != nil || wait < 30*time.Second || wait > 65535*time.Second {
			return "% Invalid number, range is (30:65535)\n", true
		}
		base := b.body()
		b.openWindow(&window{user: s.user, base: base}, wait)
		return m.put(s), true
	}
	out := ""
	if b.window != nil { // whoever commits confirms
		b.closeWindow(false)
	}
	if s.staged > 0 {
		out = m.put(s)
	}
	return out, true
}

func (m *dualStage) put(s *shell) string {
	m.commit++
	m.b.commit(s)
	s.cand = m.b.fresh()
	return fmt.Sprintf("Verification Succeeded.\n\nProceeding to apply configuration. This might take a while depending on amount of configuration in buffer.\n"+
		"Please avoid other configuration changes during this time.\nConfiguration committed by user '%s' using Commit ID : %d\n", s.user, 1000000000+m.commit)
}

func (m *dualStage) bgp() string {
	peers := []any{}
	for _, l := range m.b.links() {
		peers = append(peers, map[string]any{"neighborid": l.peer, "state": either(l.up, "Established", "Idle"), "prefixreceived": strconv.Itoa(l.got)})
	}
	row := func(name string, v any) any {
		return map[string]any{"ROW_" + name: []any{v}}
	}
	saf := map[string]any{"safi": "1", "TABLE_neighbor": map[string]any{"ROW_neighbor": peers}}
	af := map[string]any{"af-id": "1", "TABLE_saf": row("saf", saf)}
	return said(map[string]any{"TABLE_vrf": row("vrf", map[string]any{"vrf-name-out": "default", "TABLE_af": row("af", af)})})
}

// left are the checkpoints that nobody took away.
func (m *dualStage) left() (out []string) {
	for name := range m.points {
		out = append(out, "checkpoint "+name)
	}
	return out
}

// mode puts the stage into the name of each mode.
func (m *dualStage) mode(s *shell) string {
	return "config-dual-stage" + strings.TrimPrefix(s.cand.Mode(), "config")
}

func (m *dualStage) unknown(string) string {
	return "                ^\n% Invalid command at '^' marker.\n"
}

func (m *dualStage) whole(body string) string {
	return "\n!Command: show running-config\n!Running configuration last done at: Sun Nov 22 10:00:00 2026\n!Time: Sun Nov 22 10:00:01 2026\n\n" + body
}
